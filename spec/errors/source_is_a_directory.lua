cookbook_file "/a" { source = "b" }
--- file: files/b/c
x
