include_recipe "a"
--- file: recipes/a.lua
include_recipe "b"
--- file: recipes/b.lua
include_recipe "a"
