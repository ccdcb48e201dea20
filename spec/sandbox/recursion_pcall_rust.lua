-- ends: error
local function f() string.format("%s", tostring(require("./lib").f(f))) end
f()
--- file: libraries/lib.lua
return { f = function(g) return g() end }
