(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.string { one_of = {} },
  },
  actions = { create = function(self) end },
}
