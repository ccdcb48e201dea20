remote_directory "/a" { source = "b" }
--- file: files/b
x
