-- ends: error
local lines = {}
for at = 1, 1000 do lines[at] = string.rep("a.", 500) .. "k" .. at .. " = 1" end
toml.decode(table.concat(lines, "\n"))
