local t = setmetatable({}, {
  __mode = "k",
})
--- run: main later key built raw
--- file: recipes/later.lua
local meta = {}
local t = setmetatable({}, meta)
meta.__mode = "v"
--- file: recipes/key.lua
local meta = { ["__mode"] = "k" }
--- file: recipes/built.lua
local meta, key = {}, "__mo" .. "de"
meta[key] = "k"
--- file: recipes/raw.lua
rawset({}, "\95_mode", "k")
