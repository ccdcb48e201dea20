return attributes {
  password_authentication = attribute.boolean {
    default = false,
    doc = "Whether passwords are accepted. Without them, an admin with a key must be there.",
  },
  permit_root_login = attribute.choice {
    values = { "yes", "prohibit-password", "forced-commands-only", "no" },
    default = "prohibit-password",
    doc = "How root may log in.",
  },
  allow_groups = attribute.strings {
    default = {},
    doc = "Groups whose members may log in, and nobody else. root is in the group `root`. Default: all groups.",
  },
  port = attribute.integer {
    min = 1,
    max = 65535,
    doc = "Port of the server. Default: as it is. A firewall must let it in first.",
  },
  ciphers = attribute.strings { default = {}, doc = "Ciphers. Default: those of OpenSSH, which keeps them up to date." },
  macs = attribute.strings { default = {}, doc = "Message authentication codes. Default: those of OpenSSH." },
  kex_algorithms = attribute.strings { default = {}, doc = "Key exchange algorithms. Default: those of OpenSSH." },
  settings = attribute.map {
    default = {},
    values = attribute.string {},
    doc = "Further settings of sshd_config: `{ MaxAuthTries = \"3\" }`.",
  },
  drop_in = attribute.boolean {
    default = function(node)
      local major = tonumber(node.platform_version:match("^%d+")) or 99
      local first = value_for_platform { debian = 11, ubuntu = 20, rhel = 9, amazon = 2022, default = 0 }
      return major >= first
    end,
    doc = "Whether the settings have a file of their own, which OpenSSH 8.2 and later read. If not, they are in sshd_config.",
  },
}
