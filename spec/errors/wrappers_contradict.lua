--- run: shop blog
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/attributes.lua
return attributes { port = attribute.integer { default = 80 } }
--- file: cookbooks/shop/cookbook.toml
name = "shop"
version = "1.0.0"
[dependencies]
nginx = "*"
[attributes.nginx]
port = 81
--- file: cookbooks/shop/recipes/default.lua
--- file: cookbooks/blog/cookbook.toml
name = "blog"
version = "1.0.0"
[dependencies]
nginx = "*"
[attributes.nginx]
port = 82
--- file: cookbooks/blog/recipes/default.lua
