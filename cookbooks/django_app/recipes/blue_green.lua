-- Two servers of one template under systemd. A release is started in the one that does not serve, and has its trial there.

local site = (require "./site").of(node)

local section = (require "./blue_green")(node, render("run.hbs", site.run_variables))

directory(site.servers) { mode = "0755" }

systemd_unit(`{site.unit}@.service`) {
  sections = {
    Unit = {
      Description = `%i server of the Django site {site.name}`,
      Requires = `{site.unit}@%i.socket`,
      After = { `{site.unit}@%i.socket`, "network.target", "postgresql.service" },
    },
    Service = section,
    Install = { WantedBy = "multi-user.target" },
  },
}

systemd_unit(`{site.unit}@.socket`) {
  sections = {
    Unit = { Description = `Socket of the %i server of the Django site {site.name}` },
    Socket = {
      ListenStream = `/run/{site.unit}-%i.sock`,
      SocketUser = site.name,
      SocketGroup = node.nginx.user,
      SocketMode = "0660",
      RemoveOnStop = "true",
    },
    Install = { WantedBy = "sockets.target" },
  },
}
