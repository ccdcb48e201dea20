file "/a" { mode = contents "/x" }
