include_recipe "nginx"
file "/a" { onwer = 1 }
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/recipes/default.lua
file "/b" { gruop = 1 }
local x = nil .. "x"
