wait_for "the directory" { path = "/srv" }
