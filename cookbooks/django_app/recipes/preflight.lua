-- What is wrong with the attributes or the machine, said before anything is changed.

local nginx = require "@nginx"
local platform = require "./platform"
local wanted = node.django_app

local function need(holds, message)
  if not holds then error(message, 0) end
end

local here = (`{node.platform} {node:get("platform_version", "")}`):match("^(.-) *$")
need(
  not platform.unsupported,
  `django_app is not supported on {here}: it takes Debian, Ubuntu, RHEL 9 or 10 or a relative of them, or Fedora. \`-t HOST\` names another machine`
)
need(
  node.init_package == "systemd" or platform.has_supervisor,
  `django_app is not supported on {here} without systemd: take a machine that systemd starts, or a container of Debian`
)
need(
  wanted.firewall == "off" or table.find(platform.firewalls, wanted.firewall),
  `django_app.firewall "{wanted.firewall}" is not supported on {here}: set it to "{platform.firewalls[1]}" or "off"`
)

need(
  wanted.name:match("^[a-z][a-z0-9_]*$") and #wanted.name <= 31,
  `django_app.name is "{wanted.name}": it takes a small letter, then small letters, digits or _, up to 31 in all`
)

-- A user of that name who is somebody else would lose the home directory, and /etc/NAME may be somebody else's too.
local home = node:get(`etc.passwd.{wanted.name}.dir`)
need(
  home == nil or home == `/srv/{wanted.name}`,
  `django_app.name is "{wanted.name}", and this machine has a user of that name with the home {home or "none"}: choose another`
)

need(
  wanted.domain:match("^[%w.-]+$"),
  `django_app.domain is "{wanted.domain}", and a host name has letters, digits, dots and dashes alone`
)

for _, alias in ipairs(wanted.aliases) do
  need(alias:match("^[%w.*-]+$"), `django_app.aliases has "{alias}", which is neither a host name nor an address`)
end

need(
  wanted.release == "" or wanted.release:match("^%w[%w._-]*$"),
  `django_app.release is "{wanted.release}": it takes letters, digits, dots, dashes and _, as a directory's name`
)

local sources = {}
for _, kind in ipairs({ "path", "git", "tarball" }) do
  if node:get(`django_app.source.{kind}`) then table.insert(sources, `django_app.source.{kind}`) end
end
local path = tostring(node:get("django_app.source.path", "."))
need(
  path == "." or path:match("^%./"),
  `django_app.source.path is "{path}": it takes a directory of the project, such as "./mysite"`
)
need(#sources <= 1, `{table.concat(sources, " and ")} are set, and a site has one source`)
need(
  node:get("django_app.source.tarball") == nil or node:get("django_app.source.checksum"),
  "django_app.source.tarball needs django_app.source.checksum, the SHA-256 of the archive"
)
need(
  node:get("django_app.source.deploy_key") == nil or node:get("django_app.source.known_hosts"),
  "django_app.source.deploy_key needs django_app.source.known_hosts: the host key of the repository's server, as `ssh-keyscan` prints it"
)

local function need_below(name, place)
  need(
    not place:match("^/") and not ("/" .. place .. "/"):find("/../", 1, true),
    `{name} is "{place}": it takes a path below the source, without ".."`
  )
end
for _, name in ipairs({ "project_dir", "requirements", "frontend" }) do need_below(`django_app.{name}`, wanted[name]) end
for _, place in ipairs(wanted.shared.directories) do
  need(place ~= "" and place ~= ".", "django_app.shared.directories has the whole source: name directories in it")
  need_below("django_app.shared.directories", place)
end

need(
  wanted.log_dir == "" or wanted.log_dir:match("^/[%w._/-]*[%w._-]$"),
  `django_app.log_dir is "{wanted.log_dir}": it takes the path of a directory, such as "/var/log"`
)

for _, page in ipairs(wanted.health.path) do
  need(page:match("^/"), `django_app.health.path is "{page}", and a path begins with /`)
end
need(#wanted.health.path > 0, "django_app.health.path is empty: name a page that must be served, such as \"/\"")

need(
  wanted.settings_overlay == "auto" or wanted.settings_module ~= "",
  "django_app.settings_overlay is off, so django_app.settings_module has to name the project's settings"
)

for name, value in wanted.environment do
  need(name:match("^[A-Z_][A-Z0-9_]*$"), `django_app.environment has "{name}": a variable is named in capitals`)
  local is_secret = type(value) == "table" and type(node:get({ "django_app", "environment", name, "secret" })) == "string"
  need(
    is_secret or type(value) ~= "table",
    `django_app.environment.{name} is a table: it takes a text, or \{ secret = "NAME" }`
  )
  need(
    is_secret or not tostring(value):find("['\n]"),
    `django_app.environment.{name} has a single quote or a line break: make it a secret, which may have both`
  )
end

local url = node:get("django_app.database_url")
need(
  url == nil or wanted.database == "postgres",
  `django_app.database_url is set, and django_app.database is "{wanted.database}": set it to "postgres"`
)
need(
  url == nil or (type(url) == "table" and type(node:get("django_app.database_url.secret")) == "string"),
  "django_app.database_url has a password in it: store it with `chefrs secret set NAME`, and write { secret = \"NAME\" }"
)

need(
  wanted.tls ~= "files" or (wanted.certificate ~= "" and wanted.certificate_key ~= ""),
  "django_app.tls is \"files\": it needs django_app.certificate and django_app.certificate_key"
)
need(
  wanted.tls ~= "acme" or wanted.acme.email ~= "",
  "django_app.tls is \"acme\": it needs django_app.acme.email, the address that the authority writes to"
)

need(
  wanted.restart_mode == "restart" or node.init_package == "systemd",
  "django_app.restart_mode is \"blue_green\", which needs systemd, and this machine does not run it"
)

local login = node:get("django_app.basic_auth")
need(
  login == nil
    or type(login) == "table"
      and tostring(node:get("django_app.basic_auth.user", "")):match("^[%w._-]+$")
      and type(node:get("django_app.basic_auth.password")) == "table"
      and type(node:get("django_app.basic_auth.password.secret")) == "string",
  "django_app.basic_auth takes { user = \"NAME\", password = { secret = \"NAME\" } }"
)
for _, proxy in ipairs(wanted.trusted_proxies) do
  need(proxy:match("^[%x:.]+/?%d*$"), `django_app.trusted_proxies has "{proxy}", which is neither an address nor a network`)
end

if wanted.tls == "acme" and platform.certbot then
  execute "certbot is on offer" {
    command = { "sh", "-c", 'echo "$1" >&2; exit 1', "sh", `no package source has certbot. {platform.certbot}, or set django_app.tls to something else` },
    only_if = "! rpm -q certbot >/dev/null && ! dnf -q list certbot >/dev/null 2>&1",
  }
end

nginx.port "of the site" { port = wanted.port }
if wanted.tls ~= "none" then
  nginx.port "of the site with TLS" { port = wanted.tls_port }
end

if wanted.tls == "none" and #wanted.trusted_proxies == 0 then
  message(`the site {wanted.name} has no TLS: passwords can be read on their way, and cookies are not marked secure. django_app.tls changes that`)
end
