-- ends: safe
-- Everything that might tell where a value lies, each way of which must end the same.
local function try(name, work, ...)
  local ok, problem = pcall(work, ...)
  print(name, ok, if ok then problem else type(problem))
end
local objects = {}
for at = 1, 50 do objects[at] = { at } end
local keyed = {}
for at, object in objects do keyed[object] = at end
try("tostring", function() return tostring({}) end)
try("format", function() return ("%s%*"):format(1, print) end)
try("text", function() return `{objects[1]}` end)
try("thread", function() return tostring(coroutine.running()) end)
try("loop", function() for object, at in keyed do return at end end)
try("pairs", function() for object, at in pairs(keyed) do return at end end)
try("next", function() local object, at = next(keyed) return at end)
try("foreach", function() return table.foreach(keyed, function(object, at) return at end) end)
try("first", function() local f, s, c = pairs(keyed) return (select(2, f(s, c))) end)
try("iter", function()
  local f, s, c = pairs(keyed)
  for object, at in f, s, c do return at end
end)
try("compare", function() return objects[1] < objects[2] end)
try("sort", function() table.sort(objects) end)
try("concat", function() return table.concat(objects) end)
try("join", function() return "x" .. objects[1] end)
try("upper", function() return string.upper(objects[1]) end)
try("weak", function() return setmetatable({}, { ["__" .. "mode"] = "k" }) end)
try("error", function() error(objects[1]) end)
try("buffer", function() return tostring(buffer.create(8)) end)
try("maxn", function() return table.maxn({ [7] = 1, x = 2 }) end)
local depth = 0
local function deeper() depth += 1 deeper() end
try("depth", deeper)
print(depth)
