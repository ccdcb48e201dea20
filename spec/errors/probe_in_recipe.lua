print(probe.file { path = "/etc/hostname" })
