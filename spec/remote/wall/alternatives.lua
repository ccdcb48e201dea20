file "/srv/wall/tool" { mode = "0755" }
alternatives "wall" { link = "/srv/wall/link", path = "/srv/wall/tool", priority = 5 }
