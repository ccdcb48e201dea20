require "./a"
--- file: libraries/a.lua
require "./b"
--- file: libraries/b.lua
require "./a"
