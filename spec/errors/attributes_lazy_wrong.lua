include_recipe "nginx"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/recipes/default.lua
--- file: cookbooks/nginx/attributes.lua
return attributes { a = attribute.integer { default = function(node) return "x" end } }
