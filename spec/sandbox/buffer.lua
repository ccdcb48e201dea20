-- ends: memory
local t = {}
for i = 1, 1000 do t[i] = buffer.create(1e8) end
