-- ends: error
local t = {}
for i = 1, 200000 do t[i] = i end
file "/a" { content = t }
