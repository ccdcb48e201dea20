-- Where no name is near, all that there are.
file "/a" { action = "frobnicate" }
file "/b" { not_if = { cmd_line_of_it = "true" } }
include_recipe "somewhere_else"
--- file: recipes/b.lua
require "./other"
--- file: recipes/c.lua
local shop = require "@shop"
shop.warehouse "x"
--- file: libraries/sizes.lua
return {}
--- file: cookbooks/shop/cookbook.toml
name = "shop"
version = "1.0.0"
--- file: cookbooks/shop/resources/till.lua
return resource { actions = { create = function(self) end } }
--- file: cookbooks/shop/resources/broken.lua
return resource { flavour = 1, actions = { create = function(self) end } }
--- file: recipes/d.lua
local shop = require "@shop"
shop.broken "x"
--- run: main b c d
