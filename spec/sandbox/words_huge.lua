-- ends: memory
local long = string.rep("a", 1e7)
for _ = 1, 100 do
  for _, word in { include_recipe, require, contents, secret, exists, output } do pcall(word, long) end
  pcall(function() file "/srv/x" { notifies = { long, long, long } } end)
  pcall(function() file "/srv/x" { only_if = { command = "true", [long] = 1 } } end)
  pcall(function() file "/srv/x" { mode = long, owner = long } end)
end
