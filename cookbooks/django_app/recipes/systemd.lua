-- The server under systemd. The socket belongs to systemd, so a restart refuses nobody: requests wait in it.

local site = (require "./site").of(node)
local server = require "./server"

local back = { { "run", `execute[way back of {site.name}]` } }

local section = server.unit(node, "web")
local configuration = server.configuration(section, render("run.hbs", site.run_variables))
section.Environment = `SITE_CONFIGURATION={configuration}`

-- Ahead of its socket, which can't be started for a service that systemd has not heard of.
systemd_unit(`{site.unit}.service`) {
  sections = {
    Unit = {
      Description = `Django site {site.name}`,
      Requires = `{site.unit}.socket`,
      After = { `{site.unit}.socket`, "network.target", "postgresql.service" },
    },
    Service = section,
    Install = { WantedBy = "multi-user.target" },
  },
  action = { "create", "enable" },
}

systemd_unit(`{site.unit}.socket`) {
  sections = {
    Unit = { Description = `Socket of the Django site {site.name}` },
    Socket = {
      ListenStream = site.socket,
      SocketUser = site.name,
      SocketGroup = node.nginx.user,
      SocketMode = "0660",
    },
    Install = { WantedBy = "sockets.target" },
  },
  action = { "create", "enable", "start" },
}

service(site.unit) {
  action = "restart",
  not_if = site.step("is-running", `{site.unit}.service`, configuration),
  on_failure = back,
}

-- Somebody stopped it, or it gave up.
service(`{site.unit}.service`) { action = "start" }
