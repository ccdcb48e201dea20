-- ends: limit
local t = {}
while true do t[#t + 1] = ("x"):rep(2e7):upper() end
