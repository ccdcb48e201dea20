link "/srv/wall/link" { to = "file" }
