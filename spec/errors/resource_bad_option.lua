(require ".").x "a"
--- file: resources/x.lua
return resource { properties = { a = property.string { requierd = true } }, actions = { create = function() end } }
