(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.list { items = property.integer { default = 1 } },
  },
  actions = { create = function(self) end },
}
