file "/a" { content = node }
