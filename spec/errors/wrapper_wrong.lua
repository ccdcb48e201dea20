--- run: shop
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/attributes.lua
return attributes { port = attribute.integer { default = 80 }, tls = { mode = attribute.string {} } }
--- file: cookbooks/shop/cookbook.toml
name = "shop"
version = "1.0.0"
[dependencies]
nginx = "*"
[attributes.nginx]
prot = 81
port = "high"
--- file: cookbooks/shop/recipes/default.lua
--- file: chefrs.toml
unset = ["nginx.tls.mod"]
