reboot "wall" { action = "nothing" }
file "/srv/wall/last" { content = "x", notifies = { "request_reboot", "reboot[wall]" } }
