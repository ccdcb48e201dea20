return attributes {
  headers = attribute.boolean {
    default = false,
    doc = "Whether to install a compiler and Python's headers, for packages that pip has to build.",
  },
}
