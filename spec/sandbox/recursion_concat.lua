-- ends: error
local meta = {}
meta.__concat = function(a, b) return setmetatable({}, meta) .. "x" end
return setmetatable({}, meta) .. "x"
