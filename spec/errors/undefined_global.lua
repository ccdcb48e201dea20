file "/a" { content = contnet }
