-- ends: stopped
local function f() pcall(f) pcall(f) end
f()
while true do pcall(f) end
