require "./a"
--- file: libraries/a.lua
file "/a"
