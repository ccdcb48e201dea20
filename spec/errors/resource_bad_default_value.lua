(require ".").x "a"
--- file: resources/x.lua
return resource { properties = { a = property.integer { default = "x" } }, actions = { create = function() end } }
