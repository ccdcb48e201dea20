-- ends: error
local t = {}
t.t = t
local x = 1
file "/a" { content = t }
