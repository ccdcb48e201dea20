-- nginx in front of the server, and the look at the pages as a visitor gets them.

local nginx = require "@nginx"
local site = (require "./site").of(node)
local wanted = node.django_app

local login = node:get("django_app.basic_auth")
if login then
  package(node.names.openssl.packages)
  file(site.passwords) {
    -- The same salt each time, so that the same password is the same text.
    content = `{login.user}:{output {
      command = { "openssl", "passwd", "-6", "-stdin", "-salt", sha256(site.name):sub(1, 16) },
      input = secret(login.password.secret),
    }}\n`,
    group = node.nginx.user,
    mode = "0640",
    sensitive = true,
  }
end

directory(site.unavailable) { mode = "0755" }
cookbook_file(`{site.unavailable}/unavailable.html`) { source = "unavailable.html", mode = "0644", diff = false }

nginx.site(site.name) {
  domains = site.domains,
  port = wanted.port,
  upstream = `unix:{site.socket}`,
  -- A server of WSGI closes a connection after each answer.
  keepalive = if wanted.server == "gunicorn" then 0 else 16,
  read_timeout = `{wanted.request_timeout + 30}s`,
  static = {
    { url = "/static/", path = `{site.current}/static`, expires = "1h" },
    { url = "/media/", path = site.media, expires = "1h" },
  },
  max_body = wanted.max_body,
  certificate = if site.has_tls then site.certificate else nil,
  certificate_key = if site.has_tls then site.certificate_key else nil,
  tls_port = wanted.tls_port,
  hsts = wanted.hsts,
  challenges = if wanted.tls == "acme" then site.challenges else nil,
  trusted_proxies = wanted.trusted_proxies,
  password_file = if login then site.passwords else nil,
  unavailable = site.unavailable,
  -- The check below has to meet the new configuration.
  reload = "immediately",
}

if wanted.tls == "acme" then include_recipe "::acme" end

wait_for(`pages of {site.name}`) {
  command = site.step("is-answered"),
  -- Under systemd the server has said that it is ready.
  timeout = if site.systemd then 10 else wanted.health.start,
  on_failure = { { "run", `execute[way back of {site.name}]` } },
}
