include_recipe "web"
--- set: web.port=70000
--- set: web.level=inof
--- set: web.admin.name=ada
--- set: web.admin.phnoe=1
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "0.1.0"
--- file: cookbooks/web/attributes.lua
return attributes {
  port = attribute.integer { default = 443, min = 1, max = 65535, doc = "Port." },
  level = attribute.string { one_of = { "debug", "info" }, doc = "Level." },
  admin = attribute.map {
    keys = { name = attribute.string {}, phone = attribute.string {} },
  },
}
--- file: cookbooks/web/recipes/default.lua
file "/a"
