file "/before"
include_recipe "other"
include_recipe "nginx"
include_recipe "nginx::extra"
include_recipe "nginx"
file "/after"
--- file: recipes/other.lua
file "/other"
--- file: cookbooks/nginx/recipes/default.lua
include_recipe "::extra"
include_recipe "nginx::third"
file "/default"
--- file: cookbooks/nginx/recipes/extra.lua
file "/extra"
--- file: cookbooks/nginx/recipes/third.lua
file "/third"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
