-- Five small sites.

for _, name in { "one", "two", "three", "four", "five" } do
  directory(`/srv/www/{name}`)
  file(`/srv/www/{name}/index.html`) { content = `<h1>{name}</h1>\n` }
  template(`/etc/nginx/sites-available/{name}`) {
    source = "site.hbs",
    variables = { name = name },
    notifies = { "reload", "service[nginx]" },
  }
  link(`/etc/nginx/sites-enabled/{name}`) {
    to = `../sites-available/{name}`,
    notifies = { "reload", "service[nginx]" },
  }
end
link "/etc/nginx/sites-enabled/default" {
  action = "delete",
  notifies = { "reload", "service[nginx]" },
}
line "nginx does not tell its version" {
  line = "\tserver_tokens off;",
  path = "/etc/nginx/nginx.conf",
  match = "^\\s*#? ?server_tokens",
  notifies = { "reload", "service[nginx]" },
}
line "# changed" {
  path = "/etc/nginx/fastcgi.conf",
  notifies = { "reload", "service[nginx]" },
}
file "/etc/nginx/fastcgi.conf" { owner = "ada", group = "adm" }
systemd_unit "nginx.service" {
  drop_in = "limits",
  content = "[Service]\nLimitNOFILE=65536\n",
  notifies = { "restart", "service[nginx]" },
}
service "nginx" { action = { "enable", "start" } }
