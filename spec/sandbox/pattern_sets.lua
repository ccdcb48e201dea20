-- ends: stopped
local set = "[" .. string.rep("a-z", 20000) .. "]"
while true do string.find(string.rep("0", 20000), string.rep(set, 3)) end
