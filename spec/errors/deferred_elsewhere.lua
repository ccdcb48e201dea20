local x = contents "/a"
print(-x)
--- run: main power loop call field assigned
--- file: recipes/power.lua
print((contents "/a") ^ 2 // 3 % 4)
--- file: recipes/loop.lua
for line in contents "/a" do print(line) end
--- file: recipes/call.lua
local x = contents "/a"
print(x:upper())
--- file: recipes/field.lua
local x = secret "a"
print(x.y)
--- file: recipes/assigned.lua
local x = secret "a"
x.y = 1
