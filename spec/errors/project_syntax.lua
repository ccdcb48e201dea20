--- file: chefrs.toml
[attributes
a = 1
--- file: recipes/main.lua
file "/a"
