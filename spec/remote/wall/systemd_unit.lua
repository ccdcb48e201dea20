systemd_unit "wall.service" { content = "[Service]\nExecStart=/bin/sleep 100\n", action = { "create", "start" } }
