-- Takes the site away. What people have put into it stays: shared, the database, the secret key.

local nginx = require "@nginx"
local site = (require "./site").of(node)

service "nginx" { action = "nothing" }
nginx.site(site.name) { domains = site.domains, action = "delete" }

if site.systemd then
  for _, timer_name in ipairs({ "clearsessions", "nightly-backup" }) do
    timer(`{site.name}-{timer_name}`) { action = "delete" }
  end
  for _, each in ipairs(node.django_app.timers) do
    timer(`{site.name}-{each.name}`) { action = "delete" }
  end
  for _, unit in ipairs({ "worker.service", "beat.service", "web.socket", "web.service" }) do
    systemd_unit(`{site.name}-{unit}`) { action = { "stop", "disable", "delete" } }
  end
else
  file(`/etc/supervisor/conf.d/{site.name}.conf`) { action = "delete" }
  execute(`end of {site.name}`) {
    command = { "supervisorctl", "update", site.name },
    only_if = { "supervisorctl", "pid", site.name },
  }
end

for _, link_name in ipairs({ "current", "previous", "next" }) do
  link(`{site.base}/{link_name}`) { action = "delete" }
end
for _, folder in ipairs({ "releases", "environments", "source", "steps", "run", "unavailable", "challenges" }) do
  directory(`{site.base}/{folder}`) { action = "delete", recursive = true }
end
for _, command in ipairs({ "run", "manage", "releases", "backup", "restore", "maintenance", "logs" }) do
  file(`/usr/local/bin/{site.name}-{command}`) { action = "delete" }
end
for _, path in ipairs({ `{site.base}/fetched`, `{site.base}/source.tar`, site.passwords, site.env }) do
  file(path) { action = "delete" }
end
file(site.json) { action = "delete" }
