file "/a" { not_if = { user = "x" } }
