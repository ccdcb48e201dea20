-- certbot, which gets certificates of an ACME authority and renews them.

local acme = node.certificates.acme

include_recipe "::default"

package(node.names.certbot.packages)

directory "/var/lib/certificates" { mode = "0755" }
directory "/etc/letsencrypt/renewal-hooks/deploy" { recursive = true }
directory(acme.challenges) { mode = "0755" }

local unit = node.names.certbot.unit
systemd_unit(`{unit}.service`) {
  drop_in = "authority",
  sections = { Service = { Environment = `REQUESTS_CA_BUNDLE={acme.ca}` } },
  action = if acme.ca ~= "" then "create" else "delete",
}

service(`{unit}.timer`) { action = { "enable", "start" } }
