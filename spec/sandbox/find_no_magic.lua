-- ends: safe
local s = ("a"):rep(4e6)
print(s:find(("a"):rep(2e6) .. "b"))
