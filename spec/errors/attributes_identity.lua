file "/a" {}
--- file: chefrs.toml
[attributes]
name = "x"
groups.a = 1
