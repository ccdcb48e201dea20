file "/a" { content = `{ {} }` }
