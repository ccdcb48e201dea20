mount "/srv/wall" { device = "tmpfs", fstype = "tmpfs", action = "enable" }
