include_recipe "nginx"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/recipes/default.lua
--- file: cookbooks/nginx/attributes.lua
return attributes {
  port = attribute.integer { default = 80 },
  url = attribute.string { default = function() return `http://localhost:{node.nginx.port}` end },
}
