if contents "/etc/motd" then file "/a" end
--- run: main elseif_ while_ until_ value not_ or_ and_ function_ assert_ number
--- file: recipes/elseif_.lua
local x = contents "/etc/motd"
if node.hostname == "other" then
  file "/a"
elseif x then
  file "/b"
end
--- file: recipes/while_.lua
while output "true" do break end
--- file: recipes/until_.lua
repeat
  local done = output "true"
until done
--- file: recipes/value.lua
file "/a" {
  content = if secret "x" then "a" else "b",
}
--- file: recipes/not_.lua
print(not contents "/a")
--- file: recipes/or_.lua
local given = secret "x"
file "/a" {
  content = given or "nothing",
}
--- file: recipes/and_.lua
file "/a" { content = node.hostname == "web1" and secret "x" or "nothing" }
--- file: recipes/function_.lua
local function answer() return output "true" end
if (answer()) then file "/a" end
--- file: recipes/assert_.lua
assert(contents "/a", "there is nothing")
--- file: recipes/number.lua
print(tonumber(contents "/a"))
