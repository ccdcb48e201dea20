local a = file "/a"
file "/b" { content = a }
