fragment "a" { into = "/etc/app.conf", content = "x" }
fragment "b" { into = "/etc/other.cnf", content = "x" }
file "/etc/other.conf" { content = fragments "/etc/other.conf" }
