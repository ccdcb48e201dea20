file "/a" { content = print }
