--- file: cookbooks/web/cookbook.toml
name = "web"
--- file: cookbooks/web/recipes/default.lua
file "/a"
--- run: web
