-- What a cook may decide about the site. `chefrs explain django_app` shows what holds on a machine, and why.

-- Characters that a path may not have become dashes: "feature/login" is released as "feature-login".
local function as_name(text) return (text:gsub("[^%w._-]", "-")) end

return attributes {
  name = attribute.string {
    default = "guestbook",
    doc = "Name of the site: of its user, its directory below /srv, its commands and its configuration.",
  },
  domain = attribute.string {
    default = function(node) return node.fqdn end,
    doc = "Host name that the site answers for.",
  },
  aliases = attribute.strings {
    default = function(node) return { "localhost", "127.0.0.1", node:get("ipaddress", "127.0.0.1") } end,
    doc = "Further names that it answers for. Set it to {} once the domain is in the DNS.",
  },
  port = attribute.integer {
    default = function(node) return node.nginx.port end,
    doc = "Port that nginx serves the site on.",
  },

  source = {
    path = attribute.tree {
      doc = "Source: a directory of this project, such as \"./mysite\".",
    },
    git = attribute.string { doc = "Source: a git repository." },
    revision = attribute.string {
      default = "HEAD",
      doc = "Branch, tag or commit of the repository. A tag or commit gets a directory of its own.",
    },
    tarball = attribute.string { doc = "Source: a tar archive at a URL." },
    checksum = attribute.string { doc = "SHA-256 of the archive; it is not unpacked unless it has it." },
    strip = attribute.integer {
      default = 1,
      doc = "Leading directories of the archive's paths to leave out.",
    },
  },
  release = attribute.string {
    default = function(node)
      local checksum = node:get("django_app.source.checksum")
      if checksum then return checksum:sub(1, 12) end
      if node:get("django_app.source.git") then return as_name(node.django_app.source.revision) end
      return if node:get("django_app.source.path") then "local" else "sample-1"
    end,
    doc = "Name of the release: another name is another directory, built beside the one that is served.",
  },

  project_dir = attribute.string {
    default = ".",
    doc = "Directory of manage.py in the source.",
  },
  requirements = attribute.string {
    default = "requirements.txt",
    doc = "Requirements file in the source.",
  },
  packages = attribute.strings {
    -- From 25 on a restart finishes the requests that wait on threads; 23 answers some of them with 502.
    default = { "gunicorn==25.3.0" },
    doc = "Python packages that are installed over the requirements.",
  },
  index_url = attribute.string { doc = "Address of a package index that is used instead of PyPI." },
  wheels = attribute.string {
    doc = "Directory of the machine with all Python packages as wheels: then no index is asked.",
  },
  python = attribute.string {
    default = "python3",
    doc = "Interpreter of the virtual environment.",
  },

  settings_overlay = attribute.choice {
    values = { "auto", "off" },
    default = "auto",
    doc = "`auto` lays what this machine decides over the project's settings (DEBUG, SECRET_KEY, hosts, database, paths); `off` leaves that to the project.",
  },
  settings_module = attribute.string {
    default = "",
    doc = "The project's settings module; what manage.py names unless it is said.",
  },
  database = attribute.choice {
    values = { "sqlite", "project" },
    default = "sqlite",
    doc = "`sqlite` keeps the data in shared/data of the site; `project` leaves DATABASES as the settings have it.",
  },
  environment = attribute.map {
    default = {},
    doc = "Further variables for the project's environment.",
  },

  workers = attribute.integer {
    default = function(node) return math.min(2 * node.cpu.total + 1, 8) end,
    doc = "Number of gunicorn's worker processes.",
  },
  threads = attribute.integer { default = 2, doc = "Threads of each worker." },
  request_timeout = attribute.integer {
    default = 30,
    doc = "Seconds that a request may take, and that running ones get at a restart.",
  },
  max_body = attribute.string { default = "10m", doc = "Largest request body that nginx takes." },

  health = {
    path = attribute.string { default = "/", doc = "Page that must be served for a deployment to count." },
    expect = attribute.choice {
      values = { "served", "ok" },
      default = "served",
      doc = "`served` is any status but 400 and 5xx; `ok` is 200 to 399.",
    },
  },
}
