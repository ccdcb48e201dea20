-- fail2ban, running, with a jail for SSH.

local fail2ban = require "."
local properties_of = (require "./file").properties

local own = node.fail2ban

package(own.packages)

cookbook_file "/usr/local/sbin/fail2ban-verify" {
  source = "fail2ban-verify",
  mode = "0755",
  diff = false,
  why = "the whole configuration is tested with it before a file of it is in place",
}

-- Before anything else: Debian's package has this jail read a file, which a machine with a journal alone does not have.
fail2ban.jail "sshd" { port = own.ssh_port, enabled = own.ssh }

-- Of the files that end with .local the last one counts: jails come after it, whatever their names are.
template "/etc/fail2ban/jail.d/00-defaults.local" (properties_of("DEFAULT", "00-defaults.local", {
  bantime = own.bantime,
  findtime = own.findtime,
  maxretry = own.maxretry,
  ignoreip = table.concat(own.ignoreip, " "),
  banaction = own.banaction,
}))

service "fail2ban" { action = { "enable", "start" } }

wait_for "fail2ban" {
  path = "/run/fail2ban/fail2ban.sock",
  why = "systemd takes it for started before it can be asked to reload",
}
