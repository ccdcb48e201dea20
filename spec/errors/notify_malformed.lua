file "/a" {
  notifies = "reload" }
file "/b" { notifies = { "reload" } }
file "/c" { notifies = { "reload", "nginx" } }
file "/d" { notifies = { { "reload", "service[x]" }, "y" } }
