(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.map { keys = { b = property.any {} }, min_length = 1 },
  },
  actions = { create = function(self) end },
}
