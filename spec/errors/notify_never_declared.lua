service "nginx"
file "/a" {
  content = "x",
  notifies = { "reload", "service[ngnix]" },
}
file "/b" { notifies = { "start", "service[completely]" } }
file "/c" { subscribes = { "create", "package[zzz]" } }
