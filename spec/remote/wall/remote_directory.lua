remote_directory "/srv/wall/tree" { source = "tree" }
