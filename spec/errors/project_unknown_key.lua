--- file: chefrs.toml
[atributes]
a = 1
--- file: recipes/main.lua
file "/a"
