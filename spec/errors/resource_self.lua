(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = { port = property.integer {} },
  actions = { create = function(self) print(self.prot) end },
}
