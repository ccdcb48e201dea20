(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.integer { one_of = { 1, "two" } },
  },
  actions = { create = function(self) end },
}
