include_recipe "nginx"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/recipes/default.lua
file "/a" { content = node.nginx.url }
--- file: cookbooks/nginx/attributes.lua
return attributes {
  domain = attribute.string { required = true, doc = "Public host name." },
  title = attribute.string { default = function(node) return `Welcome to {node.nginx.domain}` end },
}
