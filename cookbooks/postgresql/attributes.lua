return attributes {
  port = attribute.integer {
    default = 5432,
    doc = "Port of the server, which is also part of the name of its local socket.",
  },
}
