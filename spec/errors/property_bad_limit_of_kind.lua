(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.boolean { min = 1 },
  },
  actions = { create = function(self) end },
}
