(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.map { keys = property.integer {} },
  },
  actions = { create = function(self) end },
}
