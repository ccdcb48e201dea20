include_recipe "web"
--- set: web.admin.name=ada
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "0.1.0"
--- file: cookbooks/web/attributes.lua
return attributes {
  admin = attribute.map {
    keys = { name = attribute.string {}, mail = attribute.string { required = true, doc = "Address." } },
  },
}
--- file: cookbooks/web/recipes/default.lua
file "/a"
