-- ends: memory
local text = string.rep("x", 1e6) .. contents "/a"
for at = 1, 900 do file(`/srv/{at}`) { content = text } end
