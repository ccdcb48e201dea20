--- run: nodejs
--- file: cookbooks/nodejs/cookbook.toml
name = "nodejs"
version = "0.1.0"
--- file: cookbooks/nodejs/attributes.lua
return attributes {
  package = attribute.string { doc = "Its package." },
  packages = attribute.strings { default = {} },
  npm = { registry = attribute.string {} },
}
--- file: cookbooks/nodejs/recipes/default.lua
include_recipe "::npm"
print(node.nodejs.package)
--- file: cookbooks/nodejs/recipes/npm.lua
print(node.nodejs.npm.registry)
