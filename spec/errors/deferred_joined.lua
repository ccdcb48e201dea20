local name = nil
file "/a" { content = contents "/etc/hostname" .. name }
--- run: main table interpolated nothing
--- file: recipes/table.lua
file "/a" { content = table.concat({ contents "/x", exists "/y" }) }
--- file: recipes/interpolated.lua
local version = contents "/v"
file "/a" { content = `{version}{node.missing_key}` }
--- file: recipes/nothing.lua
local version = contents "/v"
file "/a" { content = `{version}{nil}` }
