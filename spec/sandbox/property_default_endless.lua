-- ends: stopped
(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = { port = property.integer { default = function(self) while true do end end } },
  actions = { create = function(self) return self.port end },
}
