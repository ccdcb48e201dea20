-- ends: memory
local text = "x" .. contents "/a"
while true do text = pcall(function() text = text .. text end) and text end
