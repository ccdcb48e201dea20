-- Attributes have the same limits. Layers of a table are merged before what is missing in it is looked for.
include_recipe "web"
--- set: web.port=8443
--- set: web.tags=edge
--- set: web.admin.name=ada
--- set: web.admin.mail=ada@example.org
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "0.1.0"
--- file: cookbooks/web/attributes.lua
return attributes {
  port = attribute.integer { default = 443, min = 1, max = 65535, doc = "Port." },
  level = attribute.string { default = "info", one_of = { "debug", "info" }, doc = "Level." },
  tags = attribute.strings { pattern = "^[a-z]+$", max_length = 3, doc = "Tags." },
  admin = attribute.map {
    doc = "Who is asked.",
    keys = {
      name = attribute.string { required = true },
      mail = attribute.string { required = true, pattern = "@" },
      phone = attribute.string { default = "none" },
    },
  },
  servers = attribute.list {
    default = { { address = "10.0.0.1" } },
    doc = "Servers.",
    items = { address = attribute.string { required = true }, port = attribute.integer { default = 80 } },
  },
}
--- file: cookbooks/web/recipes/default.lua
local web = node.web
print(web.port, web.level, #web.tags, web.tags[1], web.admin.name, web.admin.mail, web.admin.phone)
print(web.servers[1].address, web.servers[1].port)
