return task {
  doc = "Backs up the database and the uploaded files.",
  run = function() execute "backup" { command = { `/usr/local/bin/{node.django_app.name}-backup` } } end,
}
