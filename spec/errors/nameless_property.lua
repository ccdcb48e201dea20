file "/a" { "content" }
