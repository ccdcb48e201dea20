directory "/srv/wall/mount"
mount "/srv/wall/mount" { device = "tmpfs", fstype = "tmpfs", action = "enable" }
