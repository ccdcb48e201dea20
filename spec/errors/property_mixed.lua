file "/a" { content = { 1, b = 2 } }
