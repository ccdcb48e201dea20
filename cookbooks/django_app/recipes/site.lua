-- nginx in front of the server, and the look at the page as a visitor gets it.

local nginx = require "@nginx"
local site = (require "./site").of(node)
local wanted = node.django_app

local domains = { wanted.domain }
for _, alias in ipairs(wanted.aliases) do table.insert(domains, alias) end

nginx.site(site.name) {
  domains = domains,
  port = wanted.port,
  upstream = `unix:{site.socket}`,
  static = {
    { url = "/static/", path = `{site.current}/static`, expires = "1h" },
    { url = "/media/", path = site.media, expires = "1h" },
  },
  max_body = wanted.max_body,
  -- The check below has to meet the new configuration.
  reload = "immediately",
}

http_check(`http://127.0.0.1:{wanted.port}{wanted.health.path}`) {
  headers = { Host = wanted.domain },
  expect = wanted.health.expect,
  -- A small machine takes its time to start Python.
  attempts = 30,
  diagnose = if site.systemd
    then { "journalctl", "--unit", site.unit, "--lines", "50", "--no-pager", "--output", "cat" }
    else { "tail", "-n", "50", site.log, `/var/log/nginx/{site.name}.error.log` },
}
