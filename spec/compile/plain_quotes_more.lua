--- run: main
--- file: recipes/main.lua
local name = "blog"
local function upper(text) return string.upper(text) end
file "/expression" { content = "{node.hostname .. 'x'} and {upper(name)}" }
file "/sum" { content = "half of {node.memory.total / 2}" }
file "/erb" { content = "Hello <%= node.hostname %>" }
file "/erb_keys" { content = "Hello <%= node['memory']['total'] %>" }
file "/filter" { content = "Hello {{ node.hostname | upper }}" }
execute "guarded" { command = "true", only_if = "test -e /srv/{name}" }
print("on {node.hostname}")
print("a group: {a}, a set: {x, y}, {name: 1}")
file "/others" { content = [[ { return 301 } awk '{ print $1 }' ${HOME} {a.b} { "name": 1 } {name:x} {node} ]] }
