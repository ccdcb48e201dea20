file "/srv/blog" { frobnicate = 1 }
