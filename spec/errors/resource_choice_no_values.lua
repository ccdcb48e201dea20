(require ".").x "a"
--- file: resources/x.lua
return resource { properties = { a = property.choice {} }, actions = { create = function() end } }
