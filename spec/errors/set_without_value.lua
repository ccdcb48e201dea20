--- set: nginx.port
--- file: recipes/main.lua
file "/a"
