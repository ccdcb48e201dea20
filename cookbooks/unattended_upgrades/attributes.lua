return attributes {
  updates = attribute.choice {
    values = { "security", "all" },
    default = "security",
    doc = "Which updates are installed: those for security, or all of the distribution.",
  },
  origins = attribute.strings {
    default = {},
    doc = "Further sources whose updates are installed, on Debian: `\"origin=Docker,label=Docker CE\"`.",
  },
  exclude = attribute.strings {
    default = {},
    doc = "Packages that are left alone: on Debian regular expressions, elsewhere patterns.",
  },
  reboot = attribute.boolean { default = false, doc = "Whether the machine is restarted if an update needs that." },
  reboot_time = attribute.string {
    default = "04:00",
    pattern = "^(now|[0-2][0-9]:[0-5][0-9])$",
    doc = "When it is restarted, on Debian.",
  },
  remove_unused = attribute.boolean { default = true, doc = "Whether packages that nothing needs any more are removed, on Debian." },
  mail = attribute.string { pattern = "^[^\\s\"]+$", doc = "Address that is told. The machine must be able to send mail." },
  mail_report = attribute.choice {
    values = { "always", "only-on-error", "on-change" },
    default = "on-change",
    doc = "When it is told, on Debian.",
  },
}
