--- run: equal fact differ variables less deferred deferred_sum missing
--- file: recipes/equal.lua
if "12" == 12 then end
--- file: recipes/fact.lua
local total = node.memory.total
if total == "2147483648" then end
--- file: recipes/differ.lua
local version = "12"
if version ~= 12 then end
--- file: recipes/variables.lua
local version, wanted = "12", 12
if version
  == wanted then end
--- file: recipes/less.lua
local version = "12"
if version >= 12 then end
--- file: recipes/deferred.lua
if contents "/etc/hostname" > "x" then end
--- file: recipes/deferred_sum.lua
print(output { "nproc" } + 1)
--- file: recipes/missing.lua
local x = nil
if x < 1 then end
