--- run: shop
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/shop/cookbook.toml
name = "shop"
version = "1.0.0"
[dependencies]
web = { cookbook = "nginx" }
[attributes]
web.port = 1
ngin.port = 1
shop.port = 1
mariadb.port = 1
--- file: cookbooks/shop/recipes/default.lua
