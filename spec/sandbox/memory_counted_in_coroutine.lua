-- ends: memory
local n, kept = 0, {}
local work = coroutine.wrap(function()
  while true do
    n += 1
    kept[n] = string.rep("x", 100000) .. n
  end
end)
pcall(work)
kept = nil
file(`/tmp/{n}`)
