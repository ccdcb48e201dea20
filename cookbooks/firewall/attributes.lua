return attributes {
  backend = attribute.choice {
    values = { "ufw", "firewalld", "nftables" },
    default = value_for_platform {
      ubuntu = "ufw",
      rhel = "firewalld",
      fedora = "firewalld",
      amazon = "firewalld",
      suse = "firewalld",
      default = "nftables",
    },
    doc = "What keeps the rules.",
  },
  ssh_ports = attribute.list {
    items = attribute.integer { min = 1, max = 65535 },
    default = function(node)
      local port = node:get("ssh_hardening.port", 22)
      return if port == 22 then { 22 } else { port, 22 }
    end,
    doc = "Ports of SSH. They are opened before anything is closed. Default: that of `ssh_hardening`, and 22.",
  },
  ssh_sources = attribute.strings { default = {}, doc = "Addresses and networks that may reach SSH. Default: all." },
  rules = attribute.map {
    default = {},
    values = {
      ports = attribute.list { items = attribute.any {}, default = {}, doc = "Ports: numbers, and ranges such as \"8000-8010\". Default: all." },
      protocol = attribute.choice { values = { "tcp", "udp" }, default = "tcp", doc = "Protocol." },
      sources = attribute.strings { default = {}, doc = "Addresses and networks. Default: all." },
      policy = attribute.choice { values = { "allow", "deny", "reject" }, default = "allow", doc = "What is done." },
    },
    doc = "Who else may reach what, by name: `{ web = { ports = { 80, 443 } } }`.",
  },
  removed = attribute.strings { default = {}, doc = "Names of rules to remove." },
}
