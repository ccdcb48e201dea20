(require ".").x "a"
--- file: resources/x.lua
return resource { actions = { create = function(self) (require ".").x(self.name .. "x") end } }
