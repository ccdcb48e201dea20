error "the cookbooks use more memory than a compile may"
--- file: recipes/other.lua
error "not enough memory"
--- file: recipes/third.lua
file "/srv/x" { onwer = "root" }
--- file: recipes/fourth.lua
-- Only the state itself can say so, however bare the words are raised.
pcall(function() error("not enough memory", 0) end)
pcall(error, "not enough memory", 0)
pcall(error, "not enough memory", 99)
pcall(assert, false, "not enough memory")
coroutine.resume(coroutine.create(error), "not enough memory", 0)
xpcall(error, function(words) return words end, "not enough memory", 0)
file "/srv/y" { onwer = "root" }
--- file: recipes/fifth.lua
error("not enough memory", 0)
--- run: main other third fourth fifth
