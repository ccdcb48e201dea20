include_recipe "nginx"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/recipes/default.lua
file "/a" { content = `{node.port}` }
file "/b" { content = node.log.level }
--- file: cookbooks/nginx/attributes.lua
return attributes { port = attribute.integer { default = 1 }, a = attribute.integer {
  default = function(node) return node.port end },
  log = { level = attribute.string { default = "info" } } }
