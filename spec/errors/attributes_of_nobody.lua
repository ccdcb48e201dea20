file "/a"
--- set: port=81
--- set: attributes.wiki.port=81
--- file: chefrs.toml
[attributes.wikki]
port = 1
--- file: cookbooks/wiki/cookbook.toml
name = "wiki"
version = "0.1.0"
--- file: cookbooks/wiki/attributes.lua
return attributes { port = attribute.integer { default = 80, doc = "Port." } }
--- file: cookbooks/wiki/recipes/default.lua
file "/wiki"
--- run: main wiki
