(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.string { min_length = 10, max_length = 5 },
  },
  actions = { create = function(self) end },
}
