-- ends: limit
(require ".").x "a"
--- file: resources/x.lua
local kind = property.string { doc = string.rep("x", 1000) }
for _ = 1, 16 do kind = property.map { keys = { a = kind, b = kind, c = kind, d = kind } } end
return resource { properties = { a = kind }, actions = { create = function(self) end } }
