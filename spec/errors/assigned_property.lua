local a = file "/a"
a.content = "x"
