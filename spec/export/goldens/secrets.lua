-- Deferred values: a secret, the text of a file, the output of a command.
file "/etc/app.conf" {
  content = "password = " .. secret "db_password" .. "\nid = " .. contents "/etc/machine-id" .. "on = " .. output { "uname", "-n" } .. "\n",
}

execute "log in" {
  command = { "app", "login" },
  environment = { APP_PASSWORD = secret "db_password" },
  creates = "/var/lib/app/session",
  sensitive = true,
}
