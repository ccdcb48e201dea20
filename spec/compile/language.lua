local t = {}
for i = 3, 1, -1 do table.insert(t, i) end
table.sort(t)
local name: string = "typed"
file "/a" { content = `{table.concat(t, ",")} {name} {("a.b"):find(".", 1, true)} {("abc"):find("c")} {("x"):find("y") == nil}` }
file "/b" { content = table.concat(("a,b,,c"):split(","), "|") }
file "/c" { content = string.format("%05.1f", 3.14159) }
-- A copy of what is read-only is one's own.
local memory = table.clone(node.memory)
memory.total, memory.mine = 1, 2
file "/e" { content = `{memory.total} {memory.mine} {node.memory.total} {table.concat(table.clone({ "x", "y" }))}` }
