--- run: zero negative fact inner called
--- file: recipes/zero.lua
local l = { "a", "b" }
print(l[0])
--- file: recipes/negative.lua
local l = { "a", "b" }
print(l[-1])
--- file: recipes/fact.lua
print(node.network.interfaces[0])
--- file: recipes/inner.lua
local t = { l = { { x = 1 } } }
print(t.l[0].x)
--- file: recipes/called.lua
local function f() return { "a" } end
print(f()[0])
