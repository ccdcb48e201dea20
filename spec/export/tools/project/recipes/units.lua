-- Units that are enabled and started at once, and units that are gone whether they were there or not.
timer "nightly" { description = "Counts.", on_calendar = "daily", command = { "/usr/bin/count", "all" } }
systemd_unit "gone.service" { action = { "stop", "disable", "delete" } }
service "cron" { action = { "disable", "stop" } }
