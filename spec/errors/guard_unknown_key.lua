file "/a" { only_if = { command = "id", usr = "x" } }
