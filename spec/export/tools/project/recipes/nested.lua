-- Custom resources with guards, and notifications before a change and after a failure.

local nested = require "@nested"

local one = execute "one" { command = "echo one >> /srv/nested/log", action = "nothing" }
local two = execute "two" {
  command = "echo two >> /srv/nested/log",
  action = "nothing",
  notifies = { { "run", one }, { "run", one, "immediately" } },
}
local stop = execute "stop" { command = "echo stop >> /srv/nested/log", action = "nothing" }
local rescue = execute "rescue" { command = "echo rescue >> /srv/nested/log", action = "nothing" }

directory "/srv/nested" {}
nested.page "plain" { text = "plain", notifies = { { "run", two, "immediately" } } }
nested.page "guarded" {
  text = "guarded",
  not_if = exists "/srv/nested/guarded.txt",
  notifies = { "run", two },
}
file "/srv/nested/before" { content = "before\n", notifies = { "run", stop, "before" } }
execute "again" {
  command = "test -e /srv/nested/tried || { touch /srv/nested/tried; false; } && touch /srv/nested/again",
  creates = "/srv/nested/again",
  retries = 2,
  retry_delay = 1,
}
execute "fails" {
  command = "echo tried >> /srv/nested/log; false",
  ignore_failure = true,
  on_failure = { "run", rescue },
  not_if = "grep -q tried /srv/nested/log",
}
file "/srv/nested/subscribed" { content = "subscribed\n", action = "nothing", subscribes = { "create", "file[/srv/nested/before]" } }
