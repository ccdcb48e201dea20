(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.list { items = { port = property.integer {} }, default = { { prot = 1 } } },
  },
  actions = { create = function(self) end },
}
