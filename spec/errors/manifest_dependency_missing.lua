--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
[dependencies]
ngnix = "*"
--- file: cookbooks/web/recipes/default.lua
include_recipe "ngnix"
--- run: web
