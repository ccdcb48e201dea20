-- ends: memory
local n, kept = 0, {}
pcall(function()
  while true do
    n += 1
    kept[n] = string.rep("x", 100000) .. n
  end
end)
kept = nil
file(`/tmp/{n}`)
