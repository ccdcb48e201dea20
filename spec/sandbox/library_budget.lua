-- ends: stopped
while true do pcall(function() require("./lib")() end) end
--- file: libraries/lib.lua
return function() while true do end end
