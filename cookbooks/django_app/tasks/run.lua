return task {
  doc = "Runs a program as the site would: as its user, with its environment, in its source.",
  arguments = {
    words = argument.list { items = argument.string {}, required = true, doc = "The program and its arguments." },
  },
  run = function(self)
    execute "program" { command = { `/usr/local/bin/{node.django_app.name}-run`, unpack(self.words) } }
  end,
}
