-- An empty list stays a list, whatever it passes through; a literal `{}` is a map.
include_recipe "shop"
--- file: cookbooks/shop/cookbook.toml
name = "shop"
version = "1.0.0"
--- file: cookbooks/shop/attributes.lua
return attributes {
  items = attribute.list { default = {} },
  words = attribute.strings { default = {} },
  more = attribute.list { default = function(node) return node.shop.items end },
  map = attribute.map { default = {} },
}
--- file: cookbooks/shop/libraries/pass.lua
return { same = function(value) return value end }
--- file: cookbooks/shop/resources/page.lua
return resource {
  properties = { list = property.list { default = {} }, map = property.map { default = {} } },
  actions = { create = function(self)
    local filled = table.clone(self.list)
    filled[1] = "one"
    local named = table.clone(self.list)
    named.one = 1
    template(self.name) { source = "all.hbs", variables = { all = { self.list, self.map, filled, named } } }
  end },
}
--- file: cookbooks/shop/templates/all.hbs
{{json all}}
{{toml all}}
--- file: cookbooks/shop/recipes/default.lua
local shop, pass = require ".", require "./pass"
local node = node.shop
template "/attributes" {
  source = "all.hbs",
  variables = { all = { node.items, node.words, node.more, node.map, pass.same(node.items), {} } },
}
shop.page "/properties"
shop.page "/given" { list = node.words, map = node.map }
print(#node.items, next(node.items), getmetatable(node.items) ~= nil)
