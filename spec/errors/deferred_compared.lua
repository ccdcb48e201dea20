if output { "uname", "-s" } == "Linux" then
  package "git"
end
--- run: main secret variable other_types call key nothing
--- file: recipes/secret.lua
if secret "x" == "" then file "/a" end
--- file: recipes/variable.lua
local system = output { "uname" }
local function same(a, b)
  return a ~=
    b
end
print(same("Linux", system))
--- file: recipes/other_types.lua
print(1 == contents "/etc/hostname")
--- file: recipes/call.lua
print(rawequal(secret "x", ""), 2)
--- file: recipes/key.lua
local names = { Linux = "apache2" }
package(names[output { "uname" }])
--- file: recipes/nothing.lua
print(table.find({ "a", "b" }, contents "/a"))
