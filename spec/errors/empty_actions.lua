file "/a" { action = {} }
