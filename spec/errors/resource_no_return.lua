(require ".").x "a"
--- file: resources/x.lua
local x = 1
