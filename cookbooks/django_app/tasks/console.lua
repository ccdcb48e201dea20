return task {
  doc = "Opens Django's shell, or runs a command of manage.py that asks: `chefrs do django_app console -- createsuperuser`.",
  terminal = true,
  arguments = {
    words = argument.list { items = argument.string {}, default = { "shell" }, doc = "The command and its arguments." },
  },
  run = function(self)
    execute "manage" { command = { `/usr/local/bin/{node.django_app.name}-manage`, unpack(self.words) } }
  end,
}
