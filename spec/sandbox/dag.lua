-- ends: error
local t = {}
for i = 1, 40 do t = { t, t } end
file "/a" { content = t }
