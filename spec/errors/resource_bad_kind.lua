(require ".").x "a"
--- file: resources/x.lua
return resource { properties = { a = property.strnig {} }, actions = { create = function() end } }
