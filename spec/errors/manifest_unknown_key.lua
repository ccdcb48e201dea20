--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
dependancies = {}
--- file: cookbooks/web/recipes/default.lua
file "/a"
--- run: web
