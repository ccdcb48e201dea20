-- Each value is outside of the limits, and the error says what is within them.
(require ".").x "a" {
  port = 70000,
  level = "inof",
  workers = 3,
  ratio = 1.5,
  name_of_user = "Ada L.",
  short = "",
  long = "abcdef",
  labels = { "edge", "Core" },
  many = { 1, 2, 3 },
  none = {},
  pair = { a = 1 },
  size = "1 GB",
  password = secret "db",
  kind = 5,
}
--- file: resources/x.lua
return resource {
  properties = {
    port = property.integer { min = 1, max = 65535 },
    level = property.string { one_of = { "debug", "info", "warning" } },
    workers = property.integer { one_of = { 1, 2, 4 } },
    ratio = property.number { max = 1 },
    name_of_user = property.string { pattern = "^[a-z]+$" },
    short = property.string { min_length = 1 },
    long = property.string { max_length = 5 },
    labels = property.strings { pattern = "^[a-z]+$" },
    many = property.list { max_length = 2 },
    none = property.list { min_length = 1, items = property.integer {} },
    pair = property.map { min_length = 2 },
    size = property.string { pattern = "^[0-9]+[kMG]?$", message = "a size is a number with k, M or G" },
    password = property.string { min_length = 12 },
    kind = property.string { pattern = "^[a-z]+$" },
  },
  actions = { create = function(self) end },
}
