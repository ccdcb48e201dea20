--- run: wiki
--- set: wiki.title=1
--- set: wiki.version=1.10
--- set: wiki.public="false"
--- file: cookbooks/wiki/cookbook.toml
name = "wiki"
version = "0.1.0"
--- file: cookbooks/wiki/attributes.lua
return attributes {
  title = attribute.string { default = "x" },
  version = attribute.string { default = "x" },
  build = attribute.string { default = "x" },
  port = attribute.integer { default = 80 },
  public = attribute.boolean { default = true },
  depth = attribute.integer { default = 1 },
}
--- file: cookbooks/wiki/recipes/default.lua
print(1)
--- file: chefrs.toml
[attributes.wiki]
port = "81"
build = 7
depth = "deep"
