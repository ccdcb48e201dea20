local own = require "."
local app = service "app" { action = "nothing" }
file "/etc/app.conf" { content = fragments "app", notifies = { "reload", app } }
fragment "last" { into = "app", content = "c", order = 90 }
fragment "first" { into = "app", content = "a\n", order = 10, only_if = exists "/srv", notifies = { "restart", app } }
fragment "second" { into = "app", content = secret "word", not_if = { "false" } }
fragment "third" { into = "app", content = "x", sensitive = true, notifies = { "reload", app } }
fragment "waits" { into = "app", content = "never", action = "nothing" }
own.port "80" { not_if = exists "/etc/closed" }
own.port "443" { notifies = { "restart", app, "immediately" } }
file "/etc/empty.conf" { content = fragments "nothing" }
template "/etc/all.conf" { source = "all.hbs", variables = { app = fragments "app" } }
--- file: templates/all.hbs
{{ app }}
--- file: resources/port.lua
return resource {
  default_action = "open",
  properties = { port = property.string { name_property = true } },
  actions = {
    open = function(self) fragment("port " .. self.port) { into = "app", content = "open " .. self.port } end,
    close = function(self) fragment("port " .. self.port) { into = "app", content = "close " .. self.port } end,
  },
}
