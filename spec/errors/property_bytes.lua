file "/a" { content = "\xff\xfe" }
