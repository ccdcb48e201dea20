edit "/etc/app.json" { values = { debug = false } }
edit "/etc/app.json" { values = { port = 81 } }
line "# ours" { path = "/etc/a" }
line "# ours" { path = "/etc/b" }
line "# ours" { path = "/etc/b", add = true, match = "^# " }
block "office" { path = "/etc/hosts", content = "a\n" }
block "office" { path = "/etc/hosts", content = "b\n" }
