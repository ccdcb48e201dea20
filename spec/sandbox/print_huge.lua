-- ends: safe
local text = string.rep("x", 3e7)
for i = 1, 5000 do print(text, text) end
