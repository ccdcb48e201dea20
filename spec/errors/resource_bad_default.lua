(require ".").x "a"
--- file: resources/x.lua
return resource { default_action = "creat", actions = { create = function() end } }
