include_recipe "half"
--- run: main library half::other shadow
--- file: recipes/library.lua
require "@half"
--- file: cookbooks/half/recipes/default.lua
file "/a"
--- file: recipes/shadow.lua
include_recipe "nginx"
--- file: cookbooks/nginx/recipes/default.lua
file "/mine"
