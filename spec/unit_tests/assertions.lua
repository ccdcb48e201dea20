-- What is told of each thing that is not as expected.
service "nginx"
file "/etc/web.conf" { content = "listen 80;\nserver_name web;\n", mode = "0644", notifies = { "reload", "service[nginx]" } }
file "/etc/secret" { content = secret "key", mode = "0600" }
--- file: tests/main.lua
local function fails(name, expect)
  test(name) { run_list = { "main" }, secrets = { key = "do not show this" }, expect = expect }
end

fails("equal of texts", function(run) equal(run:resource("file[/etc/web.conf]").properties.mode, "0600") end)
fails("equal of texts with lines", function(run) equal(run:resource("file[/etc/web.conf]").content, "listen 80;\nserver_name shop;\n") end)
fails("equal of lists", function(run) equal(run:resource("service[nginx]").actions, { "enable", "start" }) end)
fails("equal of a secret", function(run) equal(run:resource("file[/etc/secret]").content, "do not guess it") end)
fails("equal of a function", function(run) equal(print, print) end)
fails("contains in a text", function(run) contains(run:resource("file[/etc/web.conf]").content, "listen 8080;") end)
fails("contains in a list", function(run)
  contains(run:resource("file[/etc/web.conf]").notifies, { "restart", "service[nginx]", "delayed" })
end)
fails("contains in a table", function(run)
  contains(run:resource("file[/etc/web.conf]").properties, { mode = "0600", owner = "root", path = "/etc/web.conf" })
end)
fails("contains in nothing", function(run) contains(run:resource("service[nginx]").content, "x") end)
fails("contains a number", function(run) contains("80", 80) end)
fails("matches", function(run) matches(run:resource("file[/etc/web.conf]").content, "listen %a+;") end)
fails("matches in a list", function(run) matches({ "a" }, "a") end)
fails("matches without a pattern", function(run) matches("a") end)
fails("a pattern that is none", function(run) matches("a", "(") end)
fails("assert", function(run) assert(run.warnings[1], "there should be a warning") end)
fails("error", function(run) error "this is wrong" end)
fails("caught", function(run) pcall(equal, 1, 2) end)
fails("not declared", function(run) run:resource "file[/etc/web.cnf]" end)
fails("not declared and not near", function(run) run:resource "file[/srv/x]" end)
fails("none of the type", function(run) run:resource "package[x]" end)
fails("declared", function(run) run:absent "service[nginx]" end)
fails("a type that is none", function(run) run:absent "pakage[nginx]" end)
fails("types that are none", function(run) run:resources "fil" end)
fails("no id", function(run) run:resource "nginx" end)
fails("no id at all", function(run) run:resource(1) end)
fails("no property", function(run) equal(run:resource("file[/etc/web.conf]").properties.onwer, "root") end)
fails("a property of all", function(run) equal(run:resource("file[/etc/web.conf]").properties.notifies, {}) end)
fails("no field", function(run) equal(run:resource("service[nginx]").action, "start") end)
fails("no field of the result", function(run) equal(run.warning, {}) end)
fails("a dot for a colon", function(run) run.resource "service[nginx]" end)
fails("write to a resource", function(run) run:resource("service[nginx]").name = "x" end)
fails("write to properties", function(run) run:resource("file[/etc/web.conf]").properties.mode = "x" end)
fails("write to the result", function(run) run.warnings = {} end)
fails("write to a list", function(run) table.insert(run:resource("service[nginx]").actions, "x") end)
fails("declare", function(run) file "/x" end)
local kept
test "a resource that was kept" {
  recipe = function() kept = file "/x" end,
  expect = function() kept { mode = "0644" } end,
}
fails("node", function(run) equal(node.platform, "debian") end)
fails("a test in a test", function(run) test "x" { run_list = { "main" } } end)
fails("print a secret", function(run) print(run:resource("file[/etc/secret]").content) end)
fails("raise a secret", function(run) error(run:resource("file[/etc/secret]").content) end)
fails("a guard", function(run) equal(run:resource("service[nginx]").only_if, { exists "/x" }) end)
