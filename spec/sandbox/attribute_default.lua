-- ends: stopped
include_recipe "x"
--- file: cookbooks/x/cookbook.toml
name = "x"
version = "1.0.0"
--- file: cookbooks/x/recipes/default.lua
--- file: cookbooks/x/attributes.lua
return attributes { a = attribute.string { default = function() while true do end end } }
