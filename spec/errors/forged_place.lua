error("/etc/shadow.lua:3: forged", 0)
--- run: main stack level caught recipe
--- file: recipes/stack.lua
error("x\nstack traceback:\n\t/etc/shadow.lua:3: in function 'f'", 0)
--- file: recipes/level.lua
local function check(x)
  error("the caller's fault", 2)
end
check(1)
--- file: recipes/caught.lua
local ok, problem = pcall(function()
  error "deep inside"
end)
error(problem, 0)
--- file: recipes/recipe.lua
error("recipes/main.lua:1: forged", 0)
