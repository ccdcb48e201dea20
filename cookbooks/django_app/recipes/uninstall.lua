-- Takes the site away. What people have put into it stays: shared, the database, the secret key.

local nginx = require "@nginx"
local platform = require "./platform"
local selinux = require "./selinux"
local site = (require "./site").of(node)
local units = require "./units"

service "nginx" { action = "nothing" }
nginx.site(site.name) { domains = site.domains, action = "delete" }

if site.systemd then
  setting(`units of {site.name}`) { get = units.found(node, {}), unset = units.remove(node, {}), action = "remove" }
else
  file(`/etc/supervisor/conf.d/{site.name}.conf`) { action = "delete" }
  execute(`end of {site.name}`) {
    command = { "supervisorctl", "update", site.name },
    only_if = { "supervisorctl", "pid", site.name },
  }
end

if platform.selinux then
  setting(selinux.name(site)) { get = selinux.get(site), unset = selinux.unset(site), action = "remove", only_if = selinux.is_enforced }
end

for _, link_name in ipairs({ "current", "previous", "next" }) do
  link(`{site.base}/{link_name}`) { action = "delete" }
end
for _, folder in ipairs({ "releases", "environments", "servers", "source", "steps", "run", "unavailable", "challenges" }) do
  directory(`{site.base}/{folder}`) { action = "delete", recursive = true }
end
for _, command in ipairs({ "run", "manage", "releases", "backup", "restore", "maintenance", "logs" }) do
  file(`/usr/local/bin/{site.name}-{command}`) { action = "delete" }
end
execute(`end of the certificate of {site.name}`) {
  command = { "certbot", "delete", "--non-interactive", "--cert-name", site.name },
  only_if = exists(`/etc/letsencrypt/renewal/{site.name}.conf`),
}
for _, path in ipairs({ "certificate.pem", "certificate.key" }) do
  link(`{site.config}/{path}`) { action = "delete" }
end
for _, path in ipairs({ "deploy_key", "known_hosts", "self_signed.crt", "self_signed.key" }) do
  file(`{site.config}/{path}`) { action = "delete" }
end
for _, path in ipairs({ `{site.base}/fetched`, `{site.base}/source.tar`, site.passwords, site.scaled, site.env, `/etc/logrotate.d/django-{site.name}` }) do
  file(path) { action = "delete" }
end
file(site.json) { action = "delete" }
