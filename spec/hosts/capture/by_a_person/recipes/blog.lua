-- The blog.

user "blog" { system = true, home = "/srv/blog", shell = "/usr/sbin/nologin" }
directory "/srv/blog" { owner = "blog", group = "blog" }
python_venv "/srv/blog/venv" { user = "blog" }
cookbook_file "/srv/blog/app.py" {
  source = "app.py",
  owner = "blog",
  group = "blog",
  notifies = { "restart", "systemd_unit[blog.service]" },
}
template "/etc/default/blog" {
  source = "blog.hbs",
  variables = { password = secret "blog_password", secret_key = secret "blog_secret_key" },
  mode = "0640",
  notifies = { "restart", "systemd_unit[blog.service]" },
}
file "/etc/ssl/private/blog.key" { content = secret "blog_key_private_key", mode = "0600" }
file "/etc/logrotate.d/blog" {
  content = [[
/var/log/blog/*.log {
  weekly
  rotate 4
  missingok
  compress
}
]],
}
systemd_unit "blog.service" {
  content = [[
[Unit]
Description=The blog
After=network.target

[Service]
User=blog
EnvironmentFile=/etc/default/blog
WorkingDirectory=/srv/blog
ExecStart=/srv/blog/venv/bin/python /srv/blog/app.py
Restart=on-failure

[Install]
WantedBy=multi-user.target
]],
  action = { "create", "enable", "start" },
}
