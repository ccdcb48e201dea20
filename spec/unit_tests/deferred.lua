-- Values that are known only on the machine.
template "/etc/app" {
  source = "app.hbs",
  variables = { key = secret "key", kernel = output { "uname", "-r" } },
}
file "/etc/joined" { content = `user:{secret "key"}\n` }
fragment "a" { into = "/etc/parts", content = "one\n" }
fragment "b" { into = "/etc/parts", content = "two\n", only_if = node.platform == "rocky" }
file "/etc/parts" { content = fragments "/etc/parts" }
--- file: templates/app.hbs
{{key}} {{kernel}}
--- file: tests/main.lua
test "a template with a deferred variable" {
  run_list = { "main" },
  secrets = { key = "not to be seen" },
  expect = function(run) contains(run:resource("template[/etc/app]").content, "5.10") end,
}
test "joined text" {
  run_list = { "main" },
  secrets = { key = "not to be seen" },
  expect = function(run) equal(run:resource("file[/etc/joined]").content, `user:{secret "key"}\n`) end,
}
test "joined text without the secret" {
  run_list = { "main" },
  expect = function(run)
    equal(run:resource("file[/etc/joined]").content, `user:{secret "key"}\n`)
    contains(run:resource("file[/etc/joined]").content, "user:")
  end,
}
test "fragments" {
  run_list = { "main" },
  expect = function(run) equal(run:resource("file[/etc/parts]").content, "one\n") end,
}
test "fragments of another platform" {
  facts = "rocky-9",
  run_list = { "main" },
  expect = function(run) equal(run:resource("file[/etc/parts]").content, "one\ntwo\n") end,
}
