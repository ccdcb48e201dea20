-- The variables that the project reads. A release keeps those that it was made with, so another value is another release,
-- and is tried before it counts.

local site = (require "./site").of(node)
local wanted = node.django_app

execute(`secret key of {site.name}`) {
  command = [[python3 -c 'import secrets; print(secrets.token_urlsafe(48), end="")' > new && mv new secret_key]],
  cwd = site.config,
  umask = "0077",
  creates = `{site.config}/secret_key`,
  sensitive = true,
  why = "made here once, so that nobody else ever has it; sessions end when it changes",
}

local port = if site.has_tls then wanted.tls_port else wanted.port
local is_usual = site.is_behind_proxy or port == (if site.has_tls then 443 else 80)
local origins = {}
for _, host in ipairs(site.domains) do
  table.insert(origins, `{site.scheme}://{host}`)
  if not is_usual then table.insert(origins, `{site.scheme}://{host}:{port}`) end
end

local variables = {
  ALLOWED_HOSTS = table.concat(site.domains, ","),
  CSRF_TRUSTED_ORIGINS = table.concat(origins, ","),
  DOMAIN = wanted.domain,
  ENVIRONMENT = "production",
  FORWARDED_ALLOW_IPS = "*", -- the socket lets nginx in and nobody else
  LANG = "C.UTF-8",
  MEDIA_ROOT = site.media,
  MEDIA_URL = "/media/",
  PYTHONUNBUFFERED = "1",
  SITE_DATABASE = wanted.database,
  SITE_SCHEME = site.scheme,
  STATIC_URL = "/static/",
}
local database_url = node:get("django_app.database_url")
if wanted.database == "sqlite" then
  variables.DATABASE_URL = `sqlite:///{site.data}/db.sqlite3`
elseif wanted.database == "postgres" and not database_url then
  variables.DATABASE_URL = `postgres://{site.name}@/{site.name}?host=/var/run/postgresql`
end
if wanted.broker == "redis" then
  variables.REDIS_URL = `redis://127.0.0.1:6379/{wanted.redis_database}`
  variables.CELERY_BROKER_URL = variables.REDIS_URL
end
for name, value in wanted.environment do
  variables[name] = if type(value) == "table" then secret(value.secret) else tostring(value)
end

template(site.env) {
  source = "env.hbs",
  variables = {
    name = site.name,
    variables = variables,
    secret_key = contents(`{site.config}/secret_key`),
    database_url = if database_url then secret(database_url.secret) else "",
  },
  group = site.name,
  mode = "0640",
  sensitive = true,
  notifies = { "delete", `directory[{site.steps}]`, "before" },
}
