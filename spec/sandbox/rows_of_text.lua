-- ends: memory
local text = string.rep("x", 1e6)
for i = 1, 500 do file(`/srv/{i}`) { content = text } end
