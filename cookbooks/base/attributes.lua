return attributes {
  packages = attribute.strings {
    default = { "ca-certificates" },
    doc = "Packages that every machine shall have. Setting it replaces the list.",
  },
  update_every = attribute.integer {
    default = 86400,
    doc = "Seconds until the lists of packages count as old and are read anew.",
  },
}
