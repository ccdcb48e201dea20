-- ends: limit
local t = {}
while true do t[#t + 1] = coroutine.create(function() end) coroutine.resume(t[#t]) end
