execute "log in" { command = { "login", "--password", secret "pw" } }
file "/etc/a" { content = "x", verify = { "check", secret "pw" } }
execute "guarded" { command = "true", only_if = { "test", secret "pw" } }
file "/etc/b" { content = output { "decrypt", secret "pw" } }
