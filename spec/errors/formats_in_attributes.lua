include_recipe "app"
--- file: cookbooks/app/cookbook.toml
name = "app"
version = "1.0.0"
--- file: cookbooks/app/attributes.lua
return attributes {
  users = attribute.list { default = json.decode '["ada", ]' },
}
--- file: cookbooks/app/recipes/default.lua
print(node.app.users)
