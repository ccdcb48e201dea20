--- run: level node_level quoted_level computed_level direct fact pillar bag null word call far
--- file: recipes/level.lua
default["nginx"]["port"] = 81
--- file: recipes/node_level.lua
node.default["nginx"]["port"] = 81
--- file: recipes/quoted_level.lua
node['override']['nginx']['user'] = 'www'
--- file: recipes/computed_level.lua
node.normal.nginx.workers = 1 + 1
--- file: recipes/direct.lua
node["nginx"]["port"] = 81
--- file: recipes/fact.lua
node.memory.total = 81
--- file: recipes/pillar.lua
print(pillar["x"])
--- file: recipes/bag.lua
local keys = data_bag_item("users", "deploy")
--- file: recipes/null.lua
file "/x" { content = null }
--- file: recipes/word.lua
service "nginx" { action = start }
--- file: recipes/call.lua
template { source 'x.hbs' }
--- file: recipes/far.lua
frobnicate()
