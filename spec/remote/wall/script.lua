script "date" { code = "date >made", cwd = "/srv/wall", creates = "/srv/wall/made" }
