template "/etc/app.conf" {
  source = { name = "x", text = "y" },
}
