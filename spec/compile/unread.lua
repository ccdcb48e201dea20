-- Attributes that nothing reads may be meant for another run; what another recipe names is.
file "/a"
--- set: base.proxy="http://proxy"
--- file: recipes/other.lua
print(node.site.name, node:get("deep.down"))
--- file: chefrs.toml
[attributes.site]
name = "x"
[attributes.deep]
down = 1
[attributes.entirely_unheard_of]
x = 1
--- file: cookbooks/half/recipes/default.lua
file "/b"
