-- ends: stopped
local s = ("a"):rep(40)
print(s:find(("a?"):rep(40) .. s))
