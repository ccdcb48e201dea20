directory "/etc/zypp/repos.d" { recursive = true }
zypper_repository "wall" { baseurl = "file:///srv/wall", refresh_cache = false }
