local lib = require "./lib"
lib.deep.x = 2
--- run: main list again
--- file: recipes/list.lua
table.insert((require "./lib").deep.list, 4)
--- file: recipes/again.lua
local lib = require "./lib"
lib.deep.self.deep.y = 1
--- file: libraries/lib.lua
local lib = { deep = { x = 1, list = { 1, 2, 3 } } }
lib.deep.self = lib
return lib
