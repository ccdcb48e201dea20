-- ends: error
local value = { 1 }
for _ = 1, 60 do value = { value, value } end
json.encode(value)
