--- run: main
--- file: recipes/main.lua
local nginx = require "@nginx"
nginx.site "blog" { domains = "blog.example.org", root = "/srv/blog" }
