-- An error ends its recipe; all that is known to be wrong is told with it, and nothing that only follows from it.
file "/early" { mode = 0755 }
include_recipe "broken"
service "x" { notifies = { "restart", "file[/in_broken]" } }
template "/cut/off" { sorce = "x" }
print(node.hostnmae)
file "/late" { nonsense = true }
--- run: main second third
--- file: recipes/broken.lua
file "/wrong" { onwer = "root" }
error "no further"
--- file: recipes/second.lua
file "/second" { nonsense = true }
--- file: recipes/third.lua
group "staff"
user "x" { gid = nil .. "x" }
