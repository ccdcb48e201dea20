(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.map { keys = { a = property.any {} }, values = property.any {} },
  },
  actions = { create = function(self) end },
}
