(require ".").x "a"
--- file: resources/x.lua
local properties = { owner = property.string {} }
properties[1] = properties
return resource { properties = properties, actions = { create = function(self) end } }
