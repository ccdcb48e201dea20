--- file: cookbooks/web/cookbook.toml
name = "web"
version = "one"
--- file: cookbooks/web/recipes/default.lua
file "/a"
--- run: web
