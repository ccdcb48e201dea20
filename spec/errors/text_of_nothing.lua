local nodes = { "a" }
file(`/tmp/{nodes[9]}`)
--- run: main get lines table_ function_ resource node_ joined format
--- file: recipes/get.lua
local x = node:get("nothing")
directory(`/srv/{x}`) { action = "delete", recursive = true }
--- file: recipes/lines.lua
local name = "a"
print(`{name} and {
  name:match("b")
} and \{x} \u{41} {`{name}`}`)
--- file: recipes/table_.lua
print(`{node.memory}`)
--- file: recipes/function_.lua
print(`{string.upper}`)
--- file: recipes/resource.lua
local web = package "nginx"
print(`{web} is {true and 1.5}`)
print(`{exists "/a"}`)
--- file: recipes/node_.lua
print(`{node}`)
--- file: recipes/joined.lua
print("/srv/" .. node:get("nothing"))
--- file: recipes/format.lua
local x = node:get("nothing")
file(("/srv/%s"):format(x))
