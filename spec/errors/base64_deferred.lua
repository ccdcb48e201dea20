file "/a" { content = base64.encode(secret "db") }
