(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.string { message = "a name" },
  },
  actions = { create = function(self) end },
}
