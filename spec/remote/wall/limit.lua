limit "wall" { limits = { nofile = 1024 } }
