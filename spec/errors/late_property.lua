local a = file "/a"
file "/b"
a { content = "x" }
