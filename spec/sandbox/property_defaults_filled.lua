-- ends: error
local items = table.create(50000, {});
(require ".").x "a" { items = items }
--- file: resources/x.lua
return resource {
  properties = { items = property.list { items = { a = property.string { default = string.rep("x", 1e6) } } } },
  actions = { create = function(self) end },
}
