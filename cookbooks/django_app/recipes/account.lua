-- The user that the site runs as, its directories, and the commands that deploy it and that people use.

local platform = require "./platform"
local server = require "./server"
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
directory(site.sources) { mode = "0755" }
directory(`{site.base}/releases`) { mode = "0755" }
directory(`{site.base}/environments`) { mode = "0755" }
directory(`{site.base}/shared`) { mode = "0755" }
directory(site.data) { owner = site.name, group = site.name, mode = "0750" }
directory(site.media) { owner = site.name, group = site.name, mode = "0755" }
directory(site.backups) { owner = site.name, group = site.name, mode = "0700" }
if site.logs then
  directory(site.logs) { group = site.name, mode = "0750", recursive = true }
end
directory(site.config) { group = site.name, mode = "0750" }

-- What was done for a release is looked at again before anything of these changes.
local steps = directory(site.steps) { recursive = true, action = "nothing" }

remote_directory "/usr/local/lib/chefrs-django" {
  source = "program",
  mode = "0755",
  files_mode = "0644",
  files_backup = 0,
  purge = true,
  diff = false,
  notifies = { "delete", steps, "before" },
  why = "the steps of a deployment that take place on the machine",
}

if #platform.packages > 0 then package(platform.packages) end

template "/usr/local/sbin/django-site" {
  source = "django-site.hbs",
  variables = { python = platform.python },
  mode = "0755",
}

local run = render("run.hbs", site.run_variables)
file(site.run) {
  content = run,
  mode = "0755",
  notifies = { "delete", steps, "before" },
}

local function command(suffix, usage, words)
  local path = `/usr/local/bin/{site.name}-{suffix}`
  template(path) {
    source = "program.hbs",
    variables = { usage = `{path} {usage}`, words = words },
    mode = "0755",
  }
end

local function step(verb) return table.concat(site.step(verb), " ") end
command("manage", "COMMAND [ARGUMENT...]: manage.py of the site, for people.", `{site.run} python manage.py`)
command("releases", ": lists the releases, newest first.", step "releases")
command("backup", ": backs up the database and the uploaded files.", step "backup")
command("restore", "BACKUP: puts a backup in the place of the data that is there.", step "restore")
command(
  "maintenance",
  "on|off: shows the maintenance page in place of the site.",
  `sh -c 'case "$1" in on) touch {site.unavailable}/maintenance ;; off) rm -f {site.unavailable}/maintenance ;; *) echo "usage: {site.name}-maintenance on|off" >&2; exit 64 ;; esac' maintenance`
)
command(
  "logs",
  "[OPTION...]: the log of the site, with the options of the program that shows it.",
  if site.journal then `journalctl --unit '{site.name}-*'`
    elseif site.logs then `tail {site.logs}/*.log`
    else `tail {site.log}`
)

local secrets = { "DATABASE_URL", "SECRET_KEY" }
for name, value in wanted.environment do
  if type(value) == "table" then table.insert(secrets, name) end
end

local kind = server.kind(node)
local function hooks(list) return if #list > 0 then list else json.decode("[]") end

template(site.json) {
  source = "site.json.hbs",
  variables = {
    wanted = {
      base = site.base,
      source = site.source,
      env = site.env,
      init = if site.systemd then "systemd" else "supervisor",
      log = if site.journal then "" else site.log,
      label = site.label,
      -- As what its servers are started, if there are two.
      servers = if site.is_blue_green then select(2, (require "./blue_green")(node, run)) else "",
      keepalive = wanted.server ~= "gunicorn",
      release = wanted.release,
      keep_releases = wanted.keep_releases,
      primary = wanted.primary,
      project_dir = wanted.project_dir,
      settings_module = wanted.settings_module,
      installer = wanted.installer,
      requirements = wanted.requirements,
      python = wanted.python,
      shared_directories = hooks(wanted.shared.directories),
      frontend = wanted.frontend,
      pre_build = hooks(wanted.pre_build),
      release_task = hooks(wanted.release_task),
      post_deploy = hooks(wanted.post_deploy),
      deploy_check = wanted.deploy_check,
      collectstatic = wanted.collectstatic,
      migrate = wanted.migrate,
      migrate_backup = wanted.migrate_backup,
      backup_keep = wanted.backup.keep,
      packages = {
        extra = hooks(wanted.packages),
        index_url = node:get("django_app.index_url", ""),
        wheels = node:get("django_app.wheels", ""),
        python_mirror = node:get("django_app.python_mirror", ""),
        server = { module = kind.module, packages = kind.packages },
        server_install = wanted.server_install,
        database = wanted.database,
      },
      -- Another value is another release.
      build = {
        settings_overlay = wanted.settings_overlay,
        serve = server.command(node, if site.systemd then nil else site.socket),
        trial = server.trial(node),
        threads = wanted.threads,
        packages = hooks(wanted.packages),
        pre_build = hooks(wanted.pre_build),
        frontend = wanted.frontend,
        release_task = hooks(wanted.release_task),
        post_deploy = hooks(wanted.post_deploy),
        deploy_check = wanted.deploy_check,
        migrate = wanted.migrate,
        collectstatic = wanted.collectstatic,
        shared_directories = hooks(wanted.shared.directories),
        database = wanted.database,
      },
      -- Another value is another trial of the same release.
      trial = sha256(json.encode({ server.trial(node), site.domains, wanted.health, site.scheme })),
      secrets = secrets,
      domain = wanted.domain,
      aliases = hooks(wanted.aliases),
      port = wanted.port,
      tls = site.has_tls,
      tls_port = wanted.tls_port,
      scheme = site.scheme,
      behind_proxy = site.is_behind_proxy,
      basic_auth = node:get("django_app.basic_auth") ~= nil,
      health = wanted.health,
    },
  },
  group = site.name,
  mode = "0640",
  notifies = { "delete", steps, "before" },
}
