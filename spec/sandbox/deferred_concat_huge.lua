-- ends: memory
local text, list = string.rep("x", 1e6), {}
for at = 1, 1e5 do list[at] = text end
list[0] = contents "/a"
file "/a" { content = table.concat(list, "", 0, 1e5) }
