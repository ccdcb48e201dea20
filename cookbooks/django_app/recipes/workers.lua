-- celery's worker and scheduler, beside the server. They run the release that is served, and are started anew after it.

local server = require "./server"
local site = (require "./site").of(node)
local wanted = node.django_app
local celery = wanted.celery

local function program(suffix, words)
  local unit = `{site.name}-{suffix}.service`
  local section = server.unit(node, suffix)
  section.Type = "exec"
  section.NotifyAccess = nil
  section.TimeoutStopSec = celery.stop_seconds
  section.RuntimeDirectory = `{site.name}-{suffix}`
  section.ExecStart = `{site.run} celery --app chefrs_celery {words}`
  local configuration = server.configuration({ section, celery.app }, render("run.hbs", site.run_variables))
  section.Environment = { `SITE_CONFIGURATION={configuration}`, `SITE_CELERY={celery.app}` }

  systemd_unit(unit) {
    sections = {
      Unit = {
        Description = `Celery {suffix} of the Django site {site.name}`,
        After = { "network.target", "postgresql.service", `{node.names.redis.service}.service` },
      },
      Service = section,
      Install = { WantedBy = "multi-user.target" },
    },
    action = { "create", "enable" },
  }

  service(`{site.name}-{suffix}`) {
    action = "restart",
    not_if = site.step("is-running", unit, configuration),
  }
end

if site.systemd then
  local queues = if #celery.queues > 0 then ` --queues {table.concat(celery.queues, ",")}` else ""
  if celery.worker then program("worker", `worker --loglevel INFO --concurrency {celery.concurrency}{queues}`) end
  if celery.beat and wanted.primary then
    program("beat", `beat --loglevel INFO --pidfile= --schedule {site.data}/celerybeat-schedule`)
  end
elseif celery.worker or celery.beat then
  error("django_app.celery needs systemd, which this machine does not run", 0)
end

-- The attributes decide again after the task `scale`.
local numbers = { `web={wanted.workers}` }
if celery.worker then table.insert(numbers, `worker={celery.concurrency}`) end
execute(`numbers of processes of {site.name}`) {
  command = site.step("unscale", unpack(numbers)),
  only_if = exists(site.scaled),
}
