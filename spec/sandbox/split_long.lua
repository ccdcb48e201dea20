-- ends: safe
local s = ("a"):rep(4e6)
print(#s:split(("a"):rep(2e6) .. "b"))
