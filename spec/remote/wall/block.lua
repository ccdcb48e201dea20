file "/srv/wall/blocks" {}
block "more" { path = "/srv/wall/blocks", content = "more = 1\n" }
