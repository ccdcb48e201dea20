file "/srv/wall/lines" {}
line "ours = 1" { path = "/srv/wall/lines" }
