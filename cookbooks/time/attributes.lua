return attributes {
  zone = attribute.string { doc = "Time zone: `Europe/Vienna`, `Etc/UTC`. Default: as it is." },
  service = attribute.choice {
    values = { "chrony", "timesyncd" },
    default = value_for_platform { debian = "timesyncd", arch = "timesyncd", default = "chrony" },
    doc = "What sets the clock: chrony, or systemd-timesyncd, which only asks others.",
  },
  servers = attribute.strings {
    default = {},
    pattern = "^[A-Za-z0-9.:_-]+$",
    doc = "Servers that are asked for the time. Default: those of the distribution.",
  },
}
