return attributes {
  bantime = attribute.string { default = "10m", pattern = "^-?[0-9]+[a-z]*$", doc = "How long an address is shut out: `10m`, `1h`, `1d`." },
  findtime = attribute.string { default = "10m", pattern = "^[0-9]+[a-z]*$", doc = "Time in which failures are counted." },
  maxretry = attribute.integer { default = 5, min = 1, doc = "Failures until an address is shut out." },
  ignoreip = attribute.strings {
    default = { "127.0.0.1/8", "::1" },
    doc = "Addresses and networks that are never shut out. Setting it replaces the list.",
  },
  ssh = attribute.boolean { default = true, doc = "Whether SSH is watched." },
  ssh_port = attribute.string {
    default = function(node) return tostring(node:get("ssh_hardening.port", "ssh")) end,
    doc = "Port of SSH: a number, a name, or several with commas. Default: that of `ssh_hardening`.",
  },
  banaction = attribute.string {
    default = value_for_platform {
      rhel = "firewallcmd-rich-rules",
      fedora = "firewallcmd-rich-rules",
      default = "nftables-multiport",
    },
    doc = "How an address is shut out: a file in `/etc/fail2ban/action.d`.",
  },
  packages = attribute.strings {
    default = value_for_platform {
      debian = { "fail2ban", "python3-systemd", "nftables", "netbase" },
      rhel = { "fail2ban", "fail2ban-firewalld" },
      fedora = { "fail2ban", "fail2ban-firewalld" },
      default = { "fail2ban", "nftables" },
    },
    doc = "Packages of fail2ban, and of what it reads the journal and shuts out with.",
  },
}
