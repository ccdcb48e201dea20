-- Who gets in: SSH, which comes first so that nobody is shut out, and the site. A site that has no wish leaves all rules as
-- they are, because without them nobody would reach it where a firewall runs.

local site = (require "./site").of(node)
local wanted = node.django_app

if wanted.firewall ~= "off" then
  local ports = if site.has_tls then { wanted.port, wanted.tls_port } else { wanted.port }
  local is_ufw = wanted.firewall == "ufw"

  package(wanted.firewall)
  firewall_rule "ssh" { port = wanted.ssh_port, firewall = wanted.firewall, order = 10 }
  firewall_rule(`site {site.name}`) { port = ports, firewall = wanted.firewall, order = 20 }
  if is_ufw then
    execute "ufw --force enable" {
      command = { "ufw", "--force", "enable" },
      not_if = { "grep", "-qx", "ENABLED=yes", "/etc/ufw/ufw.conf" },
    }
  else
    firewall_rule "everything else" { policy = "deny", firewall = "nftables", order = 999 }
    service "nftables" { action = "enable" }
  end
end
