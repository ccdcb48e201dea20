(require ".").file "a"
--- file: resources/file.lua
return resource { actions = { create = function(self) end } }
--- file: resources/x.lua
return resource { actions = { create = function(self) end } }
