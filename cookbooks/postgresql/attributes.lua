return attributes {
  port = attribute.integer {
    default = 5432,
    doc = "Port of the server, which is also part of the name of its local socket.",
  },
  tuning = {
    memory_percent = attribute.integer {
      default = 25,
      min = 1,
      max = 50,
      doc = "Part of the machine's memory for the server's own buffers. It counts on as much again in those of the system.",
    },
    max_connections = attribute.integer { default = 100, min = 1, doc = "Most connections at a time." },
  },
}
