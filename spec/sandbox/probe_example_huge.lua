-- ends: error
include_recipe "web"
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
--- file: cookbooks/web/recipes/default.lua
--- file: cookbooks/web/facts.lua
local one = { { name = "x" } }
local all = {}
for i = 1, 2e5 do all[i] = one[1] end
return probes { a = probe.units { example = all } }
