execute "directory" { command = { "cd", "/tmp" } }
execute "several words" { command = { "ls -la" } }
execute "variable" { command = { "RAILS_ENV=production", "rake" } }
execute "script" { command = { "source", "/opt/x/env" } }
execute "exported" { command = { "export", "A=b" } }
execute "mask" { command = { "umask", "0077" } }
file "/etc/x" {
  content = output { "cd", "/tmp" },
  verify = { "visudo -c", "-f", "{path}" },
  not_if = { "!", "test", "-e", "/x" },
}
