(require ".").x "a"
--- file: resources/x.lua
return resource { properties = { a = "string" }, actions = { create = function() end } }
