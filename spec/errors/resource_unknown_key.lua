(require ".").x "a"
--- file: resources/x.lua
return resource { actoins = {} }
