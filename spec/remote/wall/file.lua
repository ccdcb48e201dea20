file "/srv/wall/file" { content = "x", owner = "deploy" }
