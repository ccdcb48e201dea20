-- The server under systemd. The socket belongs to systemd, so a restart refuses nobody: requests wait in it.

local site = (require "./site").of(node)
local gunicorn = require "./gunicorn"

local started = `file[{site.started}]`

-- Ahead of its socket, which can't be started for a service that systemd has not heard of.
systemd_unit(`{site.unit}.service`) {
  sections = {
    Unit = {
      Description = `Django site {site.name}`,
      Requires = `{site.unit}.socket`,
      After = { `{site.unit}.socket`, "network.target" },
    },
    Service = {
      Type = "notify",
      User = site.name,
      Group = site.name,
      ExecStart = `{site.run} {gunicorn.command(node)}`,
      Restart = "on-failure",
      KillMode = "mixed",
      -- Running requests get their time, and gunicorn five seconds more.
      TimeoutStopSec = tostring(node.django_app.request_timeout + 5),
      UMask = "0027",
      NoNewPrivileges = "true",
      PrivateTmp = "true",
      ProtectSystem = "strict",
      ProtectHome = "true",
      ReadWritePaths = `{site.base}/shared`,
    },
    Install = { WantedBy = "multi-user.target" },
  },
  action = { "create", "enable" },
  notifies = { "delete", started, "immediately" },
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
  not_if = exists(site.started),
  notifies = { "create", started, "immediately" },
}

-- Somebody stopped it, or it gave up.
service(`{site.unit}.service`) { action = "start" }
