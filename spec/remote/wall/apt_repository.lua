apt_repository "wall" { uri = "file:/srv/no-such-repository", suites = "./", trusted = true, enabled = false }
