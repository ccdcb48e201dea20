(require ".").x "a"
--- file: resources/x.lua
return resource { actions = { create = "x" } }
