file "/srv/wall/values.ini" {}
edit "/srv/wall/values.ini" { values = { port = 81 } }
