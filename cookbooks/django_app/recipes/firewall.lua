-- Who gets in: SSH, which comes first so that nobody is shut out, and the site. A site that has no wish leaves all rules as
-- they are, because without them nobody would reach it where a firewall runs.

local firewall = require "@firewall"
local site = (require "./site").of(node)
local wanted = node.django_app

if wanted.firewall ~= "off" then
  local ports = if site.has_tls then { wanted.port, wanted.tls_port } else { wanted.port }

  -- Debian's firewalld can't do without a list of protocols, and does not ask for it.
  package(if wanted.firewall == "firewalld" and node.platform_family == "debian" then { "firewalld", "netbase" } else wanted.firewall)
  firewall.access "ssh" { ports = { wanted.ssh_port }, backend = wanted.firewall, order = 10 }
  firewall.access(`site {site.name}`) { ports = ports, backend = wanted.firewall, order = 20 }
  if wanted.firewall == "firewalld" then
    service "firewalld" { action = { "enable", "start" } }
  elseif wanted.firewall == "ufw" then
    execute "ufw --force enable" {
      command = { "ufw", "--force", "enable" },
      not_if = { "grep", "-qx", "ENABLED=yes", "/etc/ufw/ufw.conf" },
    }
  else
    firewall_rule "everything else" { policy = "deny", firewall = "nftables", order = 999 }
    service "nftables" { action = "enable" }
  end
end
