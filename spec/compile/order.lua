-- Loops go in the order of keys: false, true, numbers, names.
local t = { b = 1, a = 2, [10] = "x", [2] = "y", [true] = "z", c = 3, [false] = "w", [-1.5] = "v" }
local seen = {}
for key, value in t do table.insert(seen, `{key}={value}`) end
print("in", table.concat(seen, " "))
seen = {}
for key, value in pairs(t) do table.insert(seen, `{key}={value}`) end
print("pairs", table.concat(seen, " "))
seen = {}
for key, value in next, t do table.insert(seen, `{key}={value}`) end
print("next", table.concat(seen, " "))
seen = {}
local key, value = next(t)
while key ~= nil do
  table.insert(seen, `{key}={value}`)
  key, value = next(t, key)
end
print("by hand", table.concat(seen, " "))
seen = {}
table.foreach(t, function(key, value) table.insert(seen, `{key}={value}`) end)
print("foreach", table.concat(seen, " "))

-- What the node gives, by each of them.
seen = {}
for key in pairs(node.site) do table.insert(seen, key) end
for key in node.site do table.insert(seen, key) end
for key in next, node.site do table.insert(seen, key) end
print(table.concat(seen, " "))

-- Lists as they are; what is taken away on the way is left out.
seen = {}
for at, item in { "x", "y", "z" } do table.insert(seen, `{at}{item}`) end
for at, item in ipairs { "x", "y" } do table.insert(seen, `{at}{item}`) end
local shrinking = { a = 1, b = 2, c = 3 }
for name in shrinking do
  shrinking.b = nil
  table.insert(seen, name)
end
for name in shrinking do shrinking[name] = nil end
print(table.concat(seen, " "), next(shrinking) == nil, next({}) == nil)

-- Iterators of a cook's own.
local function count(to)
  local at = 0
  return function()
    at += 1
    if at <= to then return at, at * 2 end
  end
end
seen = {}
for a, b in count(3) do table.insert(seen, `{a}:{b}`) end
for a in coroutine.wrap(function() for at = 1, 2 do coroutine.yield(at) end end) do table.insert(seen, a) end
for a, b in setmetatable({}, { __iter = function() return count(2) end }) do table.insert(seen, `{a}:{b}`) end
for a in setmetatable({ y = 1, x = 2 }, {}) do table.insert(seen, a) end
for word in ("one two"):gmatch("%a+") do table.insert(seen, word) end
print(table.concat(seen, " "))

-- Keys of any kind may be looked up; they only have no order.
local visited = {}
local function visit(x)
  if visited[x] then return "again" end
  visited[x] = true
  return "first"
end
print(visit(t), visit(t), visit(print))
--- set: site.b=1
--- set: site.a=2
--- set: site.z=3
--- set: site.k=4
