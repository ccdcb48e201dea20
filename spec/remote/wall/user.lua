group "wall"
user "wall" { gid = "wall", home = "/srv/wall" }
