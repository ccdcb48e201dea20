file "/a" { action = "craete" }
file "/b" { action = { "create", "xyzzy" } }
