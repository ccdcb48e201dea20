return task {
  doc = "Puts a backup in the place of the data that is there. That is backed up first, and the site is not served meanwhile.",
  arguments = {
    backup = argument.string { required = true, doc = "Name of the backup: a directory of shared/backups." },
  },
  run = function(self)
    execute "restore" { command = { `/usr/local/bin/{node.django_app.name}-restore`, self.backup } }
  end,
}
