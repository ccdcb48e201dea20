-- What a cook may decide about the site. `chefrs explain django_app` shows what holds on a machine, and why.

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
    default = function(node)
      -- Names that two sites can't both have stay with the one that has no domain of its own.
      if node.django_app.domain ~= node.fqdn then return {} end
      return { "localhost", "127.0.0.1", node:get("ipaddress", "127.0.0.1") }
    end,
    doc = "Further names that it answers for. Default: none, or `localhost` and the address while `domain` is the machine's name.",
  },
  port = attribute.integer {
    default = function(node) return node.nginx.port end,
    doc = "Port that nginx serves the site on.",
  },
  primary = attribute.boolean {
    default = true,
    doc = "Whether this machine does what is done once for several machines with one database: migrations, hooks, timers, celery beat.",
  },

  source = {
    path = attribute.tree {
      doc = "Source: a directory of this project, such as \"./mysite\".",
    },
    git = attribute.string { doc = "Source: a git repository." },
    revision = attribute.string {
      default = "HEAD",
      doc = "Branch, tag or commit of the repository.",
    },
    deploy_key = attribute.string { doc = "Name of the secret that is the private key for the repository." },
    known_hosts = attribute.text { doc = "Host keys of the repository's server, as in known_hosts. Others are refused." },
    tarball = attribute.string { doc = "Source: a tar archive at a URL." },
    checksum = attribute.string { doc = "SHA-256 of the archive; it is not unpacked unless it has it." },
    strip = attribute.integer {
      default = 1,
      doc = "Leading directories of the archive's paths to leave out.",
    },
  },
  release = attribute.string {
    default = "",
    doc = "Name of a release that is there, to go back to it: `--set django_app.release=v1.3-0c41b7aa`. Default: what `source` is now.",
  },
  keep_releases = attribute.integer { default = 5, min = 2, doc = "Number of releases to keep." },

  project_dir = attribute.string {
    default = "",
    doc = "Directory of manage.py in the source. Default: found, down to three levels.",
  },
  installer = attribute.choice {
    values = { "auto", "pip", "uv", "poetry", "pipenv", "pyproject" },
    default = "auto",
    doc = "What lists the packages: requirements.txt, uv.lock, poetry.lock, Pipfile.lock, or pyproject.toml alone. `auto` takes the one that is there.",
  },
  requirements = attribute.string {
    default = "",
    doc = "Requirements file in the source, for `pip`. Default: `requirements.txt`.",
  },
  packages = attribute.strings {
    default = {},
    doc = "Python packages that are installed over those of the source.",
  },
  system_packages = attribute.strings { default = {}, doc = "Packages of the distribution that the project needs." },
  index_url = attribute.string { doc = "Address of a package index that is used instead of PyPI." },
  wheels = attribute.string {
    doc = "Directory of the machine with all Python packages as wheels: then no index is asked.",
  },
  python = attribute.string {
    default = "auto",
    doc = "Interpreter of the virtual environment. `auto` is the one that `.python-version` or `requires-python` asks for, else `python3`, or `python3.12` on RHEL 9. `managed` has uv install that version.",
  },
  python_mirror = attribute.string {
    doc = "For `managed`: where uv finds interpreters instead of GitHub, an address of its files or of its list in JSON.",
  },

  settings_overlay = attribute.choice {
    values = { "auto", "off" },
    default = "auto",
    doc = "`auto` lays what this machine decides over the project's settings (DEBUG, SECRET_KEY, hosts, database, paths, cookies); `off` leaves that to the project.",
  },
  settings_module = attribute.string {
    default = "",
    doc = "The project's settings module. Default: what wsgi.py, asgi.py or manage.py names.",
  },
  environment = attribute.map {
    default = {},
    doc = "Further variables for the project's environment: texts, numbers, and `{ secret = \"NAME\" }`.",
  },

  database = attribute.choice {
    values = { "sqlite", "postgres", "project" },
    default = "sqlite",
    doc = "`sqlite` keeps the data in shared/data of the site. `postgres` is a database of this machine's PostgreSQL, or that of `database_url`. `project` leaves DATABASES as the settings have it.",
  },
  database_url = attribute.any {
    doc = "Another machine's PostgreSQL: `{ secret = \"NAME\" }` of an address such as postgres://user:password@host/name.",
  },
  migrate = attribute.choice {
    values = { "auto", "manual" },
    default = "auto",
    doc = "`auto` migrates before a release is served; `manual` tells what is pending.",
  },
  migrate_backup = attribute.boolean { default = true, doc = "Whether the database is backed up before it is migrated." },

  collectstatic = attribute.boolean { default = true, doc = "Whether static files are collected." },
  pre_build = attribute.strings {
    default = {},
    doc = "Shell commands in the new release, before its front end is built and static files are collected.",
  },
  frontend = attribute.string {
    default = "auto",
    doc = "Directory of the package.json that npm builds. `auto` takes the one that has a script `build`: of the source, beside manage.py, or one level below; `off` none. pre_build that runs npm or its like turns `auto` off.",
  },
  release_task = attribute.strings {
    default = {},
    doc = "Shell commands in the new release after migrations. If one fails, the release before goes on serving.",
  },
  post_deploy = attribute.strings { default = {}, doc = "Shell commands once the release is served." },
  deploy_check = attribute.choice {
    values = { "warn", "fail", "off" },
    default = "warn",
    doc = "`manage.py check --deploy`: `fail` stops a release that it objects to.",
  },
  shared = {
    directories = attribute.strings {
      default = {},
      doc = "Directories of the source that the site writes to. They outlive releases.",
    },
  },

  server = attribute.choice {
    values = { "gunicorn", "gunicorn+asgi", "uvicorn", "daphne" },
    default = "gunicorn",
    doc = "Server. `gunicorn` is for WSGI, the others are for ASGI: channels, websockets.",
  },
  server_install = attribute.choice {
    values = { "auto", "never" },
    default = "auto",
    doc = "Whether a server is installed that the source does not list.",
  },
  workers = attribute.integer {
    default = function(node)
      local kilobytes = tonumber((node:get("memory.total", ""):match("^(%d+)kB$"))) or 4194304
      local memory = math.floor(kilobytes / 262144)
      return math.max(math.min(2 * node.cpu.total + 1, 8, memory), 2)
    end,
    min = 1,
    doc = "Number of the server's worker processes.",
  },
  threads = attribute.integer { default = 2, min = 1, doc = "Threads of each worker of gunicorn." },
  request_timeout = attribute.integer {
    default = 30,
    min = 1,
    doc = "Seconds that a request may take, and that running ones get at a restart.",
  },
  restart_mode = attribute.choice {
    values = { "restart", "blue_green" },
    default = "restart",
    doc = "How another release, or another environment, gets served. `restart`: requests wait while the server starts. `blue_green`: it is started beside the one that serves and takes its place once its pages come, for servers that need long to start. It needs systemd, and memory for both.",
  },
  max_body = attribute.string { default = "10m", doc = "Largest request body that nginx takes." },

  celery = {
    worker = attribute.boolean { default = false, doc = "Whether a worker of celery runs." },
    beat = attribute.boolean { default = false, doc = "Whether celery's scheduler runs, on the `primary` machine alone." },
    app = attribute.string { default = "", doc = "The project's celery application. Default: the package of its settings." },
    queues = attribute.strings { default = {}, doc = "Queues of the worker. Default: celery's own." },
    concurrency = attribute.integer { default = 2, min = 1, doc = "Tasks that the worker does at a time." },
    stop_seconds = attribute.integer { default = 60, doc = "Seconds that running tasks get at a restart." },
  },
  broker = attribute.choice {
    values = { "none", "redis" },
    default = "none",
    doc = "`redis` installs Redis on the machine, and says where it is: REDIS_URL, CELERY_BROKER_URL.",
  },
  redis_database = attribute.integer { default = 0, doc = "Number of the database in Redis: another one for each site." },
  timers = attribute.list {
    default = {},
    items = {
      name = attribute.string { required = true, pattern = "^[a-z][a-z0-9_-]*$", doc = "Its name." },
      schedule = attribute.string { required = true, doc = "When, as systemd writes it: `\"*-*-* 04:00\"`." },
      command = attribute.string { required = true, doc = "Shell command in the project's directory." },
    },
    doc = "Commands at fixed times, on the `primary` machine: `{ name = \"report\", schedule = \"Mon 06:00\", command = \"python manage.py report\" }`.",
  },
  clear_sessions = attribute.boolean { default = true, doc = "Whether old sessions are removed daily." },
  backup = {
    schedule = attribute.string { default = "*-*-* 03:10", doc = "When the database and the uploaded files are backed up. Empty: never." },
    keep = attribute.integer { default = 7, min = 1, doc = "Number of backups to keep." },
  },

  tls = attribute.choice {
    values = { "none", "self_signed", "files", "acme" },
    default = "none",
    doc = "Certificate: none, one that the machine signs itself, files that are there, or one of an ACME authority such as Let's Encrypt.",
  },
  tls_port = attribute.integer { default = 443, doc = "Port of TLS." },
  certificate = attribute.string { default = "", doc = "For `files`: the certificate with its chain." },
  certificate_key = attribute.string { default = "", doc = "For `files`: the private key." },
  acme = {
    email = attribute.string { default = "", doc = "Address that the authority writes to." },
    directory = attribute.string {
      default = "https://acme-v02.api.letsencrypt.org/directory",
      doc = "Address of the authority.",
    },
    ca = attribute.string { default = "", doc = "File with the authority's own root certificate, for one inside the house." },
  },
  hsts = attribute.integer { default = 0, doc = "Seconds for which browsers remember that the site has TLS. 0: not said." },
  trusted_proxies = attribute.strings {
    default = {},
    doc = "Addresses of proxies in front of the machine that end TLS: `\"10.0.0.0/8\"`. What they say of the visitor counts.",
  },
  basic_auth = attribute.any { doc = "`{ user = \"NAME\", password = { secret = \"NAME\" } }`: nobody else sees the site." },

  log_dir = attribute.string {
    default = "",
    doc = "Directory for log files, such as `\"/var/log\"`: server and workers write to NAME/web.log and so on in it, and logrotate keeps 14 days. Default: the journal has them.",
  },
  firewall = attribute.choice {
    values = { "off", "ufw", "nftables", "firewalld" },
    default = "off",
    doc = "Firewall that lets in SSH and the site, and nobody else. `off` leaves the machine's rules as they are. Red Hat and Fedora have `firewalld` alone.",
  },
  ssh_port = attribute.integer { default = 22, doc = "Port of SSH, which the firewall lets in first." },

  health = {
    path = attribute.strings {
      default = { "/" },
      doc = "Pages that must be served for a deployment to count.",
    },
    expect = attribute.choice {
      values = { "served", "ok" },
      default = function(node)
        local paths = node.django_app.health.path
        return if #paths == 1 and paths[1] == "/" then "served" else "ok"
      end,
      doc = "`served` is any status but 400 and 5xx; `ok` is 200 to 299. Redirects are followed. Default: `served` for \"/\" alone.",
    },
    login = attribute.boolean { default = true, doc = "Whether the trial asks for the pages where people log in, too." },
    timeout = attribute.integer { default = 10, doc = "Seconds for one page." },
    start = attribute.integer { default = 60, doc = "Seconds that the server may take to come up." },
  },
}
