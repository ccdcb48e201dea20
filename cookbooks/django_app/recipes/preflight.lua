-- What is wrong with the attributes or the machine, said before anything is changed.

local nginx = require "@nginx"
local wanted = node.django_app

local function need(holds, message)
  if not holds then error(message, 0) end
end

need(
  node.platform_family == "debian",
  `cookbook django_app knows Debian and its descendants so far, and this machine runs {node.platform}`
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
  wanted.release:match("^%w[%w._-]*$"),
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

for _, name in ipairs({ "project_dir", "requirements" }) do
  local place = wanted[name]
  need(
    not place:match("^/") and not ("/" .. place .. "/"):find("/../", 1, true),
    `django_app.{name} is "{place}": it takes a path below the source, without ".."`
  )
end

need(
  wanted.settings_overlay == "auto" or wanted.settings_module ~= "",
  "django_app.settings_overlay is off, so django_app.settings_module has to name the project's settings"
)

need(
  wanted.health.path:match("^/"),
  `django_app.health.path is "{wanted.health.path}", and a path begins with /`
)

for name, value in wanted.environment do
  need(name:match("^[A-Z_][A-Z0-9_]*$"), `django_app.environment has "{name}": a variable is named in capitals`)
  -- systemd and shells agree on nothing between single quotes but this.
  need(
    not tostring(value):find("['\n]"),
    `django_app.environment.{name} has a single quote or a line break, which not every reader of the file takes`
  )
end

nginx.port "of the site" { port = wanted.port }
