-- A certificate of an ACME authority, such as Let's Encrypt, once nginx can answer its questions. certbot's own timer
-- renews it.

local site = (require "./site").of(node)
local wanted = node.django_app

-- An authority signs for names of the DNS alone.
local domains = {}
for _, domain in ipairs(site.domains) do
  if domain:match("%a") and domain:find(".", 1, true) and not domain:find("*", 1, true) then table.insert(domains, domain) end
end

package(node.names.certbot.packages)

directory(site.challenges) { mode = "0755" }

-- One inside the house has a root certificate of its own.
local environment = {}
if wanted.acme.ca ~= "" then
  environment.REQUESTS_CA_BUNDLE = wanted.acme.ca
  systemd_unit(`{node.names.certbot.unit}.service`) {
    drop_in = "authority",
    sections = { Service = { Environment = `REQUESTS_CA_BUNDLE={wanted.acme.ca}` } },
  }
end

-- Red Hat's package leaves it off.
service(`{node.names.certbot.unit}.timer`) { action = { "enable", "start" } }

local live = `/etc/letsencrypt/live/{site.name}`
local command = {
  "certbot", "certonly", "--non-interactive", "--agree-tos", "--expand",
  "--email", wanted.acme.email,
  "--server", wanted.acme.directory,
  "--cert-name", site.name,
  "--webroot", "--webroot-path", site.challenges,
  "--deploy-hook", "systemctl reload nginx",
}
for _, domain in ipairs(domains) do
  table.insert(command, "--domain")
  table.insert(command, domain)
end

local check = `for name in {table.concat(domains, " ")}; do openssl x509 -in {live}/cert.pem -noout -checkhost "$name" | grep -q "does match" || exit 1; done`

execute(`certificate of {site.name}`) {
  command = command,
  environment = environment,
  not_if = check,
  retries = 1,
  timeout = 300,
}

-- nginx reads both at once, so it does after the second.
link(site.certificate_key) { to = `{live}/privkey.pem` }
link(site.certificate) { to = `{live}/fullchain.pem`, notifies = { "reload", "service[nginx]", "immediately" } }
