return attributes {
  bind = attribute.string {
    default = "",
    doc = "Address that the server listens on, or `*`. Unless it is set, as the distribution has it: this machine alone on Debian.",
  },
  memory_percent = attribute.integer {
    default = 0,
    min = 0,
    max = 80,
    doc = "Part of the machine's memory for InnoDB's buffers: 50 to 70 where nothing else runs. 0: as the server has it, 128 MiB.",
  },
  max_connections = attribute.integer { default = 0, min = 0, doc = "Most connections at a time. 0: as the server has it." },
  settings = attribute.map {
    default = {},
    values = attribute.string { doc = "The value." },
    doc = "Further lines of the section `[mariadbd]`, by name: `{ slow_query_log = \"ON\" }`.",
  },
}
