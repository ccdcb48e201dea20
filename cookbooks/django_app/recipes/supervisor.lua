-- The server where no systemd runs, most containers among them. A restart refuses requests for about a second.

local site = (require "./site").of(node)
local gunicorn = require "./gunicorn"

package "supervisor"
service "supervisor" { action = { "enable", "start" } }

template(`/etc/supervisor/conf.d/{site.name}.conf`) {
  source = "supervisor.conf.hbs",
  variables = {
    name = site.name,
    base = site.base,
    command = `{site.run} {gunicorn.command(node)} --bind unix:{site.socket}`,
    stop_seconds = node.django_app.request_timeout + 5,
    log = site.log,
  },
  mode = "0644",
  notifies = { "delete", `file[{site.started}]`, "immediately" },
}

-- Somebody stopped it, or it gave up.
execute(`start {site.name}`) {
  command = { "supervisorctl", "start", site.name },
  only_if = exists(site.started),
  not_if = { "supervisorctl", "status", site.name },
}

execute(`restart {site.name}`) {
  -- `update` starts a program that is new to supervisor or has a new configuration, and says so.
  command = `set -e; news=$(supervisorctl update {site.name}); [ -n "$news" ] || supervisorctl restart {site.name}; touch {site.started}`,
  creates = site.started,
}
