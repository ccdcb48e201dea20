return attributes {
  source = attribute.choice {
    values = { "distribution", "vendor" },
    default = value_for_platform { rhel = "vendor", default = "distribution" },
    doc = "Where its packages come from: the distribution, or the repository of Docker, Inc.",
  },
  daemon = attribute.map {
    default = { ["log-driver"] = "local" },
    doc = "What `/etc/docker/daemon.json` says. The default logs into files that don't grow for ever.",
  },
  users = attribute.strings {
    default = {},
    doc = "Users who may use Docker. Each of them can become root with it.",
  },
}
