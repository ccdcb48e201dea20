return task {
  doc = "Runs a command of manage.py: `chefrs do django_app manage -- migrate --plan`. One that asks something needs `console`.",
  arguments = {
    words = argument.list { items = argument.string {}, required = true, doc = "The command and its arguments." },
  },
  run = function(self)
    execute "manage" { command = { `/usr/local/bin/{node.django_app.name}-manage`, unpack(self.words) } }
  end,
}
