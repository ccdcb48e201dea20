-- Errors and warnings that are expected.
if node:get("app.broken") then file "/x" { onwer = "root" } end
if node:get("app.doubtful") then
  file "/y" { mode = "0644" }
  file "/y" { mode = "0600" }
end
file "/z"
--- file: tests/main.lua
local function of(name, table)
  table.run_list = { "main" }
  test(name)(table)
end

of("the error is there", { attributes = { app = { broken = true } }, expect_error = "has no property `onwer`" })
of("the hint, too", { attributes = { app = { broken = true } }, expect_error = { "no property", "did you mean `owner`?" } })
of("another error", { attributes = { app = { broken = true } }, expect_error = "is not defined" })
of("no error", { expect_error = "has no property" })
of("an error that nobody expects", { attributes = { app = { broken = true } } })
of("a warning", { attributes = { app = { doubtful = true } }, expect_warning = "twice" })
of("no warning", { expect_warning = "twice" })
of("a recipe that is not there", { expect = function() end })
test "an entry of the run list that is not there" { run_list = { "mian" } }
test "an attribute that nothing reads" { attributes = { ngnix = { port = 1 } }, run_list = { "main" } }
