-- ends: stopped
(require ".").x "a" { port = 1 }
--- file: resources/x.lua
return resource {
  properties = { port = property.integer { coerce = function(value) while true do end end } },
  actions = { create = function(self) end },
}
