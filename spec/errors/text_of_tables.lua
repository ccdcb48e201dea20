print(tostring({}))
--- run: main format star function_ thread loop pairs_ next_
--- file: recipes/format.lua
print(string.format("%s", {}))
--- file: recipes/star.lua
print(("%*"):format(print))
--- file: recipes/function_.lua
print(#tostring(print))
--- file: recipes/thread.lua
print(tostring(coroutine.create(print)))
--- file: recipes/loop.lua
for key in { [{}] = 1, [{ 1 }] = 2, a = 3 } do print(type(key)) end
--- file: recipes/pairs_.lua
local t = {}
t[print] = 1
t[type] = 2
for key in pairs(t) do print(type(key)) end
--- file: recipes/next_.lua
print(next({ [print] = 1, a = 2 }))
