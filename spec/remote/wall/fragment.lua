file "/srv/wall/parts" { content = fragments "wall" }
fragment "wall" { into = "wall", content = "x" }
