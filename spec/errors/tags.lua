file "/etc/a" { tags = "two words" }
file "/etc/b" { tags = { "a,b" } }
file "/etc/c" { tags = contents "/etc/a" }
file "/etc/d" { tags = 5 }
file "/etc/e" { tags = "" }
