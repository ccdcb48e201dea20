(require ".").x "a"
--- file: resources/x.lua
return resource { actions = { a = function() end, b = function() end } }
