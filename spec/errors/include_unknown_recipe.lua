include_recipe "nginx::extar"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/recipes/extra.lua
