(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.list { items = "string" },
  },
  actions = { create = function(self) end },
}
