template "/etc/app.conf" {
  source = "ap.conf.hbs",
}
--- file: templates/app.conf.hbs
x
