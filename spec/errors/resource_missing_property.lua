(require ".").x "a"
--- file: resources/x.lua
return resource { properties = { domain = property.string { required = true, doc = "Public host name." } }, actions = { create = function() end } }
