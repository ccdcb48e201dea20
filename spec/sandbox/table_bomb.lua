-- ends: limit
local t = {}
local i = 0
while true do i += 1 t[i] = { {}, {}, {}, {}, {}, {}, {}, {} } end
