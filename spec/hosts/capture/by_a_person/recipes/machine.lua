-- People, schedules and settings of the whole machine.

package { "cron", "curl", "logrotate", "nginx", "python3-venv", "rsync" }
package "rsync" { action = "lock" }
timezone "Europe/Berlin"
service "apt-daily.timer" { action = "mask" }
file "/etc/motd" { content = "Welcome to the blog\n" }

group "deployers"
user "ada" {
  comment = "Ada Lovelace",
  shell = "/bin/bash",
  groups = { "deployers", "sudo" },
  manage_home = true,
}
user "grace" { shell = "/bin/bash", groups = { "deployers" }, manage_home = true }
authorized_key "ada" {
  key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7m0e1JtZ8Xx2x3x4x5x6x7x8x9x0xAxBxCxDxExFxG ada@laptop",
}
file "/etc/sudoers.d/deployers" {
  content = "%deployers ALL=(root) NOPASSWD: /usr/bin/systemctl restart blog\n",
  mode = "0440",
  verify = { "visudo", "-cf", "{path}" },
}

file "/etc/cron.d/nightly" { content = "15 3 * * * ada /usr/bin/true\n" }
file "/var/spool/cron/crontabs/ada" {
  action = "create_if_missing", -- crontab(1) writes a head of its own
  content = "5 4 * * 0 /usr/bin/true # weekly\n",
  owner = "ada",
  group = "crontab",
  mode = "0600",
}
file "/etc/sysctl.d/60-local.conf" {
  content = "net.ipv4.ip_forward = 1\n",
  notifies = { "run", "execute[load settings]" },
}
execute "load settings" { command = { "sysctl", "-p", "/etc/sysctl.d/60-local.conf" }, action = "nothing" }

cookbook_file "/usr/local/bin/cleanup" { source = "cleanup", mode = "0755" }
systemd_unit "cleanup.service" {
  content = [[
[Unit]
Description=Removes old files
[Service]
Type=oneshot
ExecStart=/usr/local/bin/cleanup
]],
}
systemd_unit "cleanup.timer" {
  content = [[
[Timer]
OnCalendar=daily
[Install]
WantedBy=timers.target
]],
  action = { "create", "enable", "start" },
}
