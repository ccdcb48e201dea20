(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.integer { one_of = { 1, 2 }, min = 1 },
  },
  actions = { create = function(self) end },
}
