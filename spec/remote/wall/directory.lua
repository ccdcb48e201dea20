directory "/srv/wall/directory"
