remote_directory "/a" { source = "asets" }
--- file: files/assets/c
x
