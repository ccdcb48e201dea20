-- ends: error
local t = setmetatable({}, { __index = function() return 1 end, __newindex = function() end })
table.move(t, 1, 2^53, 2)
