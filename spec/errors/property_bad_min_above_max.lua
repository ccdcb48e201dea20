(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.integer { min = 10, max = 5 },
  },
  actions = { create = function(self) end },
}
