-- ends: error
local meta = {}
meta.__eq = function(a, b) return setmetatable({}, meta) == setmetatable({}, meta) end
return setmetatable({}, meta) == setmetatable({}, meta)
