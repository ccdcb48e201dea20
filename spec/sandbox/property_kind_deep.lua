-- ends: error
(require ".").x "a"
--- file: resources/x.lua
local kind = property.integer {}
for _ = 1, 1e5 do kind = property.list { items = kind } end
return resource { properties = { a = kind }, actions = { create = function(self) end } }
