include_recipe "web"
--- file: chefrs.toml
unset = ["web.units"]
[attributes.web]
units.a = 1
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
--- file: cookbooks/web/recipes/default.lua
--- file: cookbooks/web/facts.lua
return probes { units = probe.units {} }
