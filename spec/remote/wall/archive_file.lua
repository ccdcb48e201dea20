cookbook_file "/srv/wall/archive.tar" { source = "a.tar" }
archive_file "/srv/wall/archive.tar" { destination = "/srv/wall/unpacked" }
