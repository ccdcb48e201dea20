return task {
  doc = "Shows the maintenance page in the place of the site, or the site again.",
  arguments = {
    show = argument.choice { values = { "on", "off" }, required = true, doc = "`on` shows the page, `off` the site." },
  },
  run = function(self)
    execute "maintenance" { command = { `/usr/local/bin/{node.django_app.name}-maintenance`, self.show } }
  end,
}
