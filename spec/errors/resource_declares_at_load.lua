(require ".").x "a"
--- file: resources/x.lua
file "/a"
return resource { actions = { create = function() end } }
