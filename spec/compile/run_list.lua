--- run: main nginx nginx::extra other
file "/main"
--- file: recipes/other.lua
file "/other"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/recipes/default.lua
file "/default"
--- file: cookbooks/nginx/recipes/extra.lua
file "/extra"
