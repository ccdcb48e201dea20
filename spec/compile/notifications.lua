local nginx = service "nginx" { action = "nothing" }
file "/a" { notifies = { "reload", nginx } }
file "/b" { notifies = { "restart", "service[nginx]", "immediately" } }
file "/c" {
  notifies = {
    { "reload", "service[nginx]", "delayed", on_failure = "skip" },
    { "stop", nginx, "before" },
    { "create", "file[/later]" },
  },
}
file "/later" { action = "nothing" }
service "cron" { action = "nothing", subscribes = { "restart", "file[/a]", "immediate" } }
file "/twice" { content = "1" }
file "/twice" { content = "1" }
file "/d" { notifies = { "delete", "file[/twice]" } }
