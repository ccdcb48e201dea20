local fail2ban = require "."

test "SSH is watched in the journal" {
  attributes = { fail2ban = { bantime = "1h", ignoreip = { "192.0.2.0/24" } } },
  expect = function(run)
    local defaults = run:resource("template[/etc/fail2ban/jail.d/00-defaults.local]")
    contains(defaults.content, "[DEFAULT]\n")
    contains(defaults.content, "bantime = 1h\n")
    contains(defaults.content, "ignoreip = 192.0.2.0/24\n")
    contains(defaults.notifies, { "reload", "service[fail2ban]", "delayed" })
    local jail = run:resource("template[/etc/fail2ban/jail.d/sshd.local]")
    contains(jail.content, "backend = systemd\nenabled = true\nport = ssh\n")
    equal(jail.properties.verify, { "/usr/local/sbin/fail2ban-verify", "{path}", "sshd.local" })
  end,
}

test "a jail reads files where it is given some" {
  run_list = { "fail2ban" },
  recipe = function()
    fail2ban.jail "shop" { logpath = { "/var/log/shop.log", "/var/log/shop/*.log" }, filter = "nginx-http-auth", maxretry = 3 }
  end,
  expect = function(run)
    local content = run:resource("template[/etc/fail2ban/jail.d/shop.local]").content
    contains(content, "backend = auto\n")
    contains(content, "logpath = /var/log/shop.log\n  /var/log/shop/*.log\n")
    contains(content, "maxretry = 3\n")
  end,
}

test "the jail of SSH, which Debian's package has too, is switched off" {
  attributes = { fail2ban = { ssh = false } },
  expect = function(run)
    contains(run:resource("template[/etc/fail2ban/jail.d/sshd.local]").content, "enabled = false\n")
  end,
}

test "a jail is deleted" {
  run_list = { "fail2ban" },
  recipe = function() fail2ban.jail "shop" { action = "delete" } end,
  expect = function(run) equal(run:resource("file[/etc/fail2ban/jail.d/shop.local]").actions, { "delete" }) end,
}

test "a name does not leave the directory" {
  run_list = { "fail2ban" },
  recipe = function() fail2ban.jail "../x" {} end,
  expect_error = "can't be the name of a jail",
}

test "a value does not begin a section" {
  run_list = { "fail2ban" },
  recipe = function() fail2ban.jail "shop" { settings = { action = "a\n[DEFAULT]" } } end,
  expect_error = "further lines begin with a blank",
}
