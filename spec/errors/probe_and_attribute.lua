include_recipe "web"
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
--- file: cookbooks/web/recipes/default.lua
--- file: cookbooks/web/attributes.lua
return attributes {
  port = attribute.integer { default = 80 },
}
--- file: cookbooks/web/facts.lua
return probes {
  port = probe.command { command = "x" },
}
