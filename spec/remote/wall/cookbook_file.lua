cookbook_file "/srv/wall/a.tar" { source = "a.tar" }
