-- ends: safe
print(#table.concat(setmetatable({}, { __index = function() return "x" end }), "", 1, 2^31))
