file "/a" { content = contents "x" }
