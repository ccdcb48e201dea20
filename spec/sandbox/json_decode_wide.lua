-- ends: memory
local kept = {}
for i = 1, 1e6 do kept[i] = json.decode("[" .. string.rep("0,", 9e4) .. "0]") end
