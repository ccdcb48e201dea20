file "/srv/wall/key" { content = "x" }
template "/srv/wall/text" { source = "text.hbs", variables = { key = contents "/srv/wall/key" } }
