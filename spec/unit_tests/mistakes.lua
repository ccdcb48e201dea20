-- Mistakes in files of tests: each file declares nothing then.
--- file: tests/assigned.lua
node.x = 1
--- file: tests/declares.lua
file "/x"
--- file: tests/facts.lua
test "x" { facts = "debian-13", recipe = function() end }
--- file: tests/facts_key.lua
test "x" { facts = { "rocky-9", "arch" }, recipe = function() end }
--- file: tests/function.lua
test "x" { recipe = "file" }
--- file: tests/key.lua
test "x" { expects = function() end, recipe = function() end }
--- file: tests/list.lua
test "x" { "main" }
--- file: tests/name.lua
test {}
--- file: tests/no_table.lua
test "one" { recipe = function() end }
test "two"
--- file: tests/node.lua
if node.platform == "debian" then print(1) end
--- file: tests/nothing.lua
test "x" { expect = function() end }
--- file: tests/both.lua
test "x" { recipe = function() end, expect = function() end, expect_error = "x" }
--- file: tests/probes.lua
test "x" { probes = { web = "1.2" }, recipe = function() end }
--- file: tests/probes_of_nobody.lua
test "x" { probes = { wacth = { nginx = "1.2" }, nginx = {} }, recipe = function() end }
--- file: cookbooks/watch/cookbook.toml
name = "watch"
version = "1.0.0"
--- file: cookbooks/watch/facts.lua
return probes { nginx = probe.file { path = "/x" } }
--- file: cookbooks/watch/recipes/default.lua
print(node.watch.nginx)
--- file: cookbooks/watch/tests/probe.lua
test "x" { probes = { watch = { ngnix = "1.2" } } }
--- file: tests/run_list.lua
test "x" { run_list = "main" }
--- file: tests/secret.lua
test "x" { secrets = { key = 12 }, recipe = function() end }
--- file: tests/deferred.lua
test "x" { attributes = { web = { key = secret "x" } }, recipe = function() end }
--- file: tests/second_table.lua
local x = test "x"
x { recipe = function() end }
x { recipe = function() end }
--- file: tests/syntax.lua
test "x" { recipe = function() end
--- file: tests/texts.lua
test "x" { expect_error = {}, recipe = function() end }
--- file: tests/twice.lua
test "x" { recipe = function() end }
test "x" { recipe = function() end }
--- file: tests/undefined.lua
describe "x" {}
