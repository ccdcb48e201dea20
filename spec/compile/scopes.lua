leaked = 1
include_recipe "second"
file "/last" { content = tostring(leaked) }
--- file: recipes/second.lua
local ok = pcall(function() return leaked end)
print("second sees it:", ok)
leaked = 2
