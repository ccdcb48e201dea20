file "/a" { content = contents "/etc/hostname" }
file "/b" { content = output { "date", "+%Y" } }
file "/c" { content = output { command = "whoami", user = "deploy" } }
file "/d" { content = secret "token", sensitive = true }
