(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.string { pattern = "([a-z" },
  },
  actions = { create = function(self) end },
}
