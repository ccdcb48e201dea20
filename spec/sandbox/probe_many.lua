-- ends: error
include_recipe "web"
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
--- file: cookbooks/web/recipes/default.lua
--- file: cookbooks/web/facts.lua
local all = {}
for i = 1, 1e5 do all["p" .. i] = probe.mounts {} end
return probes(all)
