(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.string { max_length = -1 },
  },
  actions = { create = function(self) end },
}
