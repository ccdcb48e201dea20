-- ends: safe
local key = string.rep("a", 3e7)
for i = 1, 1e3 do pcall(function() return node[key] end) end
