-- The time zone, and one service that sets the clock.

local own = node.time
local zone = node:get "time.zone"

if zone ~= nil then
  -- Small systems come without the zones.
  package "tzdata"
  timezone(zone)
end

-- In a container these services do not start: the clock is that of the machine around it.
local guard = if node.init_package == "systemd" then { "systemd-detect-virt", "--container", "--quiet" } else nil

local has_servers = #own.servers > 0
if own.service == "chrony" then
  local chrony = node.names.chrony

  package(chrony.packages)

  if has_servers then
    template(chrony.config) {
      source = "chrony.conf.hbs",
      variables = {
        servers = own.servers,
        driftfile = value_for_platform { debian = "/var/lib/chrony/chrony.drift", alpine = "/var/lib/chrony/chrony.drift", default = "/var/lib/chrony/drift" },
      },
      mode = "0644",
      verify = { "/usr/sbin/chronyd", "-p", "-f", "{path}" },
      notifies = { "restart", `service[{chrony.service}]` },
    }
  end

  service(chrony.service) { action = { "enable", "start" }, not_if = guard }
else
  if value_for_platform { debian = true, suse = true, default = false } then
    package "systemd-timesyncd"
  end

  local folder = "/etc/systemd/timesyncd.conf.d"
  if has_servers then
    directory(folder) { mode = "0755" }
    template(`{folder}/servers.conf`) {
      source = "timesyncd.conf.hbs",
      variables = { servers = own.servers },
      mode = "0644",
      notifies = { "restart", "service[systemd-timesyncd]" },
    }
  else
    file(`{folder}/servers.conf`) { action = "delete", notifies = { "restart", "service[systemd-timesyncd]" } }
  end

  service "systemd-timesyncd" { action = { "enable", "start" }, not_if = guard }
end
