fragment "a" { into = "/etc/app.conf", content = fragments "/etc/app.conf" }
file "/etc/app.conf" { content = fragments "/etc/app.conf" }
