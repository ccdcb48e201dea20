--- file: cookbooks/web/recipes/default.lua
file "/a"
--- run: web
