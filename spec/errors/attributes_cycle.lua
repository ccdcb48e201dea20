include_recipe "nginx"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/recipes/default.lua
--- file: cookbooks/nginx/attributes.lua
return attributes {
  a = attribute.string { default = function(node) return node.nginx.b end },
  b = attribute.string { default = function(node) return node.nginx.a end },
}
