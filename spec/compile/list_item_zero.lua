--- run: main
--- file: recipes/main.lua
local t = { [0] = "a", "b" }
print(t[0])
local l = { "a" }
l[0] = "b"
l[-1] = "c"
l[0] = l[0] .. "!"
print(l[0], l[-1], #l)
local none = {}
print(none[0] == nil, none[-1] == nil)
local word = { x = 1 }
print(word[0] == nil)
