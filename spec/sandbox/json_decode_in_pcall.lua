-- ends: limit
local text = "[" .. string.rep("0,", 5e5) .. "0]"
while true do pcall(json.decode, text) end
