include_recipe "web"
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
--- file: cookbooks/web/recipes/default.lua
--- file: cookbooks/web/facts.lua
return probes { a = probe.file { pth = "/x" } }
