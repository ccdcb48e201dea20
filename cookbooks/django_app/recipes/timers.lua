-- What is done at fixed times, on one machine of several. systemd starts none of them while it still runs.

local site = (require "./site").of(node)
local wanted = node.django_app

if site.systemd then
  local function at(suffix, schedule, command)
    timer(`{site.name}-{suffix}`) {
      description = `{suffix} of the Django site {site.name}`,
      on_calendar = schedule,
      command = command,
      user = site.name,
      persistent = true,
      random_delay = "5min",
    }
  end

  if wanted.primary then
    if wanted.clear_sessions then at("clearsessions", "daily", site.step "clear-sessions") end
    if wanted.backup.schedule ~= "" then at("nightly-backup", wanted.backup.schedule, site.step "backup") end
    for _, each in ipairs(wanted.timers) do
      at(each.name, each.schedule, { site.run, "sh", "-c", each.command })
    end
  end
elseif #wanted.timers > 0 then
  error("django_app.timers needs systemd, which this machine does not run", 0)
end
