file "/a" { content = secret(1) }
