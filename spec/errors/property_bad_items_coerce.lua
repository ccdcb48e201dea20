(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.list { items = { port = property.integer { coerce = tonumber } } },
  },
  actions = { create = function(self) end },
}
