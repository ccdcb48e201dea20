local t = {}
local top = t
for i = 1, 100 do t.x = {} t = t.x end
file "/a" { content = top }
