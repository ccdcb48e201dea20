include_recipe "nginx"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/recipes/default.lua
include_recipe "mysql"
--- file: cookbooks/mysql/cookbook.toml
name = "mysql"
version = "1.0.0"
--- file: cookbooks/mysql/recipes/default.lua
