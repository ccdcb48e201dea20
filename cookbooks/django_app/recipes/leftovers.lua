-- What attributes made that do not ask for it any more. Data stays: databases, backups, directories that outlive releases.

local site = (require "./site").of(node)
local units = require "./units"
local wanted = node.django_app

if site.systemd then
  setting(`former units of {site.name}`) {
    get = units.found(node, units.wanted(node)),
    unset = units.remove(node, units.wanted(node)),
    action = "remove",
  }
end

if not site.is_blue_green then
  directory(site.servers) { action = "delete", recursive = true }
end

local function gone(is_wanted, ...)
  if is_wanted then return end
  for _, path in ipairs({ ... }) do file(path) { action = "delete" } end
end

gone(site.logs, `/etc/logrotate.d/django-{site.name}`)
gone(node:get("django_app.source.deploy_key"), `{site.config}/deploy_key`)
gone(node:get("django_app.source.known_hosts"), `{site.config}/known_hosts`)
gone(node:get("django_app.basic_auth"), site.passwords)

if wanted.release == "" then
  local git, tarball = node:get("django_app.source.git"), node:get("django_app.source.tarball")
  gone(git, `{site.base}/fetched`)
  gone(tarball, `{site.base}/source.tar`)
  for _, kind in ipairs({ "git", "tarball", "directory" }) do
    local place = `{site.sources}/{kind}`
    if place ~= site.source then directory(place) { action = "delete", recursive = true } end
  end
end

if wanted.tls == "none" or wanted.tls == "files" then
  gone(false, `{site.config}/self_signed.crt`, `{site.config}/self_signed.key`)
end
if wanted.tls ~= "acme" then
  for _, path in ipairs({ "certificate.pem", "certificate.key" }) do
    link(`{site.config}/{path}`) { action = "delete" }
  end
  directory(site.challenges) { action = "delete", recursive = true }
  -- certbot would go on to renew it, and fail.
  execute(`end of the certificate of {site.name}`) {
    command = { "certbot", "delete", "--non-interactive", "--cert-name", site.name },
    only_if = exists(`/etc/letsencrypt/renewal/{site.name}.conf`),
  }
end
