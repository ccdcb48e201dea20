-- Nothing comes in but what a rule lets in. SSH is let in before anything is closed.

local firewall = require "."

local own = node.firewall
local backend = own.backend

-- Debian's firewalld can't do without a list of protocols, and does not ask for it.
package(if backend == "firewalld" and node.platform_family == "debian" then { "firewalld", "netbase" } else { backend })

firewall.access "ssh" { ports = own.ssh_ports, sources = own.ssh_sources, order = 10 }

if backend == "firewalld" then
  if #own.removed > 0 then
    error("firewall.removed has names, which rules of firewalld do not have: declare the rule with `action = \"remove\"`")
  end
  -- Its zone refuses what no rule lets in.
  service "firewalld" { action = { "enable", "start" } }
elseif backend == "nftables" then
  firewall.access "DHCPv6" { ports = { 546 }, protocol = "udp", sources = "fe80::/10", order = 10 }
end

for name, rule in pairs(own.rules) do
  firewall.access(name) { ports = rule.ports, protocol = rule.protocol, sources = rule.sources, policy = rule.policy }
end
if backend ~= "firewalld" then
  for _, name in ipairs(own.removed) do
    firewall_rule(name) { firewall = backend, action = "remove" }
  end
end

if backend == "ufw" then
  setting "what ufw does with the rest" {
    get = { "/bin/sh", "-c", [[sed -n 's/^DEFAULT_INPUT_POLICY="*\([A-Z]*\).*/\1/p' /etc/default/ufw]] },
    value = "DROP",
    set = { "/usr/sbin/ufw", "default", "deny", "incoming" },
  }
  service "ufw" { action = "enable" }
  setting "whether ufw is enabled" {
    get = { "/bin/sh", "-c", "LC_ALL=C /usr/sbin/ufw status | grep -q '^Status: active' && echo yes || :" },
    value = "yes",
    set = { "/usr/sbin/ufw", "--force", "enable" },
  }
elseif backend == "nftables" then
  firewall_rule "everything else" { policy = "deny", order = 999, firewall = "nftables" }
  service "nftables" { action = "enable" }
end
