(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.string { coerce = "lower" },
  },
  actions = { create = function(self) end },
}
