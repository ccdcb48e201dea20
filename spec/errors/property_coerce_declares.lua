(require ".").x "a" { port = 1 }
--- file: resources/x.lua
return resource {
  properties = { port = property.integer { coerce = function(value) file "/a" return value end } },
  actions = { create = function(self) end },
}
