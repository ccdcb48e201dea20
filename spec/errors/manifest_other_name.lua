--- file: cookbooks/web/cookbook.toml
name = "wep"
version = "1.0.0"
--- file: cookbooks/web/recipes/default.lua
file "/a"
--- run: web
