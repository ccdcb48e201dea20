-- The server where no systemd runs, most containers among them. A restart refuses requests for about a second.

local site = (require "./site").of(node)
local server = require "./server"

local configuration = server.configuration("supervisor", render("run.hbs", site.run_variables))

-- A program has its environment once its shell has given way to it.
local asked = table.concat(site.step "running", " ")
local started = `for try in $(seq 50); do [ -z "$({asked})" ] || exit 0; sleep 0.2; done`

package "supervisor"
service "supervisor" { action = { "enable", "start" } }

template(`/etc/supervisor/conf.d/{site.name}.conf`) {
  source = "supervisor.conf.hbs",
  variables = {
    name = site.name,
    base = site.base,
    command = `{site.run} @serve`,
    configuration = configuration,
    stop_seconds = node.django_app.request_timeout + 5,
    log = site.log,
  },
  mode = "0644",
}

setting(`server of {site.name}`) {
  get = site.step "running",
  value = configuration,
  -- `update` starts a program that is new to supervisor or has a new configuration, and says so.
  set = `set -e; news=$(supervisorctl update {site.name}); [ -n "$news" ] || supervisorctl restart {site.name}; {started}`,
  on_failure = { { "run", `execute[way back of {site.name}]` } },
}
