-- ends: limit
local value, list = { 1 }, {}
for _ = 1, 50 do value = { value } end
for at = 1, 900 do list[at] = value end
while true do json.encode(list, { pretty = true }) end
