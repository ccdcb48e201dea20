timer "wall" { on_calendar = "yearly", command = { "/bin/true" } }
