return task {
  doc = "Lists the releases, newest first.",
  run = function() execute "releases" { command = { `/usr/local/bin/{node.django_app.name}-releases` } } end,
}
