-- The user that the site runs as, its directories, and its environment.

local site = (require "./site").of(node)
local wanted = node.django_app

group(site.name) { system = true }

user(site.name) {
  gid = site.name,
  home = site.base,
  shell = "/usr/sbin/nologin",
  comment = `Django site {site.name}`,
  system = true,
}

-- The code belongs to root: a site that is broken into can't rewrite itself.
directory(site.base) { mode = "0755" }
directory(`{site.base}/releases`) { mode = "0755" }
directory(`{site.base}/shared`) { mode = "0755" }
directory(site.data) { owner = site.name, group = site.name, mode = "0750" }
directory(site.media) { owner = site.name, group = site.name, mode = "0755" }
-- nginx has to reach the socket in it.
directory(`{site.base}/run`) { owner = site.name, group = node.nginx.user, mode = "0750" }

directory(site.config) { group = site.name, mode = "0750" }

execute(`secret key of {site.name}`) {
  command = [[python3 -c 'import secrets; print(secrets.token_urlsafe(48), end="")' > new && mv new secret_key]],
  cwd = site.config,
  umask = "0077",
  creates = `{site.config}/secret_key`,
  sensitive = true,
  why = "made here once, so that nobody else ever has it; sessions end when it changes",
}

-- Anything in here changes what the running server would do.
local started = file(site.started) { action = "nothing" }

local hosts = { wanted.domain }
for _, alias in ipairs(wanted.aliases) do table.insert(hosts, alias) end

local origins = {}
for _, host in ipairs(hosts) do table.insert(origins, `http://{host}`) end

local variables = {
  ALLOWED_HOSTS = table.concat(hosts, ","),
  CSRF_TRUSTED_ORIGINS = table.concat(origins, ","),
  DOMAIN = wanted.domain,
  ENVIRONMENT = "production",
  FORWARDED_ALLOW_IPS = "*", -- the socket lets nginx in and nobody else
  LANG = "C.UTF-8",
  MEDIA_ROOT = site.media,
  MEDIA_URL = "/media/",
  PYTHONUNBUFFERED = "1",
  STATIC_URL = "/static/",
}
if wanted.settings_overlay == "auto" then
  variables.DJANGO_SETTINGS_MODULE = "chefrs_settings"
  if wanted.settings_module ~= "" then variables.PROJECT_SETTINGS_MODULE = wanted.settings_module end
else
  variables.DJANGO_SETTINGS_MODULE = wanted.settings_module
end
if wanted.database == "sqlite" then variables.DATABASE_URL = `sqlite:///{site.data}/db.sqlite3` end
for name, value in wanted.environment do variables[name] = tostring(value) end

template(site.env) {
  source = "env.hbs",
  variables = {
    name = site.name,
    variables = variables,
    secret_key = contents(`{site.config}/secret_key`),
  },
  group = site.name,
  mode = "0640",
  sensitive = true,
  notifies = { "delete", started, "immediately" },
}

template(site.run) {
  source = "run.hbs",
  variables = { command = site.run, name = site.name, base = site.base, project_dir = wanted.project_dir },
  mode = "0755",
  notifies = { "delete", started, "immediately" },
}

template(site.manage) {
  source = "manage.hbs",
  variables = { command = site.manage, name = site.name, run = site.run },
  mode = "0755",
}
