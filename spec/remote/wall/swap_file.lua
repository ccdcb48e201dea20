swap_file "/srv/wall/swap" { action = "remove" }
