-- What is done at fixed times, on one machine of several. systemd starts none of them while it still runs.

local site = (require "./site").of(node)
local wanted = node.django_app

if site.systemd then
  local function at(suffix, schedule, command, is_wanted)
    timer(`{site.name}-{suffix}`) {
      description = `{suffix} of the Django site {site.name}`,
      on_calendar = schedule,
      command = command,
      user = site.name,
      persistent = true,
      random_delay = "5min",
      action = if is_wanted then "create" else "delete",
    }
  end

  at("clearsessions", "daily", site.step "clear-sessions", wanted.clear_sessions and wanted.primary)
  local backup = wanted.backup.schedule
  at("nightly-backup", if backup ~= "" then backup else "daily", site.step "backup", backup ~= "" and wanted.primary)
  for _, each in ipairs(wanted.timers) do
    at(each.name, each.schedule, { site.run, "sh", "-c", each.command }, wanted.primary)
  end
elseif #wanted.timers > 0 then
  error("django_app.timers needs systemd, which this machine does not run", 0)
end
