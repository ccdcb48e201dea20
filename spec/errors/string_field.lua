if node.platform.version == "12" then package "a" end
--- run: main method plain library other
--- file: recipes/method.lua
print(node.hostname:uper())
--- file: recipes/plain.lua
local function last(x) return x.last end
print(("x").last, last("y"))
--- file: recipes/library.lua
print(string.uper("x"))
--- file: recipes/other.lua
print(table.map({}, print))
--- set: platform_version=12
