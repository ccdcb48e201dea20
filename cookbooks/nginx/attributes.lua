return attributes {
  port = attribute.integer {
    default = 80,
    doc = "Port that sites listen on unless they say their own.",
  },
  user = attribute.string {
    default = function(node) return node.names.nginx.user end,
    doc = "User that the workers run as. The distribution's package decides; say it only where that differs.",
  },
  refuse_unknown_hosts = attribute.boolean {
    default = true,
    doc = "Whether a request for a host that no site names is closed without an answer (status 444).",
  },
}
