directory "/etc/yum.repos.d"
yum_repository "wall" { baseurl = "file:///srv/wall", make_cache = false }
