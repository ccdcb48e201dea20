(require ".").x "a"
--- file: resources/x.lua
return resource { properties = { notifies = property.any {} }, actions = { create = function() end } }
