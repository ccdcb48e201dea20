-- ends: error
(require ".").x "a"
--- file: resources/x.lua
return resource { actions = { create = function(self) for i = 1, 1e9 do file("/" .. i) end end } }
