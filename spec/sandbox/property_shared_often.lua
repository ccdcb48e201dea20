-- ends: limit
(require ".").x "a"
--- file: resources/x.lua
local properties = {}
for _ = 1, 7 do properties = table.create(100, properties) end
return resource { properties = properties, actions = { create = function(self) end } }
