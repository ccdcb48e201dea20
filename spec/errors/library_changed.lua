local lib = require "./lib"
lib.x = 1
--- file: libraries/lib.lua
return { x = 0 }
