cron "wall" { command = "true", user = "deploy" }
