(require ".").x "a"
--- file: resources/x.lua
return resource { actions = { create = function(self) include_recipe "main" end } }
