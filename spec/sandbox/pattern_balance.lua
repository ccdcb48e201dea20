-- ends: limit
local s = ("("):rep(1e6)
for i = 1, 1e9 do s:match("%b()") end
