-- The whole site, as `chefrs run -r django_app` sets it up.

local function shop(more)
  local wanted = { name = "shop", domain = "shop.example" }
  for name, value in pairs(more or {}) do wanted[name] = value end
  return { django_app = wanted }
end

local function wanted(run)
  return run:resource("template[/etc/shop/site.json]").properties.variables.wanted
end

test "the server answers behind nginx" {
  attributes = shop(),
  expect = function(run)
    local site = run:resource "template[/etc/nginx/sites-available/shop.conf]"
    contains(site.content, "server_name shop.example;")
    equal(site.parent, "nginx_site[shop]")
  end,
}

test "the environment waits for the secret key, and is hidden" {
  attributes = shop(),
  expect = function(run)
    local env = run:resource "template[/etc/shop/env]"
    equal(env.sensitive, true)
    equal(env.properties.mode, "0640")
  end,
}

test "a variable may be a secret" {
  attributes = shop { environment = { API_KEY = { secret = "api_key" }, COLOUR = "red" } },
  secrets = { api_key = "only for this test" },
  expect = function(run)
    local variables = run:resource("template[/etc/shop/env]").properties.variables.variables
    equal(variables.API_KEY, secret "api_key")
    equal(variables.COLOUR, "red")
  end,
}

test "what a release is made of has its steps done again before it changes" {
  attributes = shop(),
  expect = function(run)
    for _, id in ipairs { "template[/etc/shop/env]", "template[/etc/shop/site.json]", "remote_directory[/srv/shop/source/directory]" } do
      contains(run:resource(id).notifies, { "delete", "directory[/srv/shop/steps]", "before" })
    end
  end,
}

test "a release that does not serve gives its place back" {
  attributes = shop(),
  expect = function(run)
    local order = {}
    for at, found in run:resources() do order[found.id] = at end
    assert(order["execute[switch of shop]"] > order["execute[trial of shop]"])
    assert(order["service[shop-web]"] > order["execute[switch of shop]"])
    for _, id in ipairs { "service[shop-web]", "wait_for[pages of shop]" } do
      contains(run:resource(id).notifies, { "run", "execute[way back of shop]", "on_failure" })
    end
  end,
}

test "the database of this machine knows the site's user" {
  attributes = shop { database = "postgres" },
  expect = function(run)
    run:resource "postgresql_role[shop]"
    run:resource "postgresql_database[shop]"
    local variables = run:resource("template[/etc/shop/env]").properties.variables.variables
    equal(variables.DATABASE_URL, "postgres://shop@/shop?host=/var/run/postgresql")
  end,
}

test "the database of another machine is a secret" {
  attributes = shop { database = "postgres", database_url = { secret = "url" } },
  secrets = { url = "postgres://shop:only-for-this-test@db/shop" },
  expect = function(run)
    run:absent "postgresql_role[shop]"
    equal(run:resource("template[/etc/shop/env]").properties.variables.database_url, secret "url")
  end,
}

test "a repository needs git, and its server is known" {
  attributes = shop {
    source = { git = "git@git.example:shop.git", deploy_key = "key", known_hosts = "git.example ssh-ed25519 AAAA\n" },
  },
  secrets = { key = "only for this test" },
  expect = function(run)
    run:resource "package[git]"
    equal(run:resource("file[/etc/shop/deploy_key]").properties.mode, "0400")
    local source = run:resource "git[/srv/shop/source/git]"
    equal(source.properties.known_hosts, "/etc/shop/known_hosts")
    equal(source.properties.ssh_key, "/etc/shop/deploy_key")
  end,
}

test "two sites with names of their own share none" {
  attributes = shop(),
  expect = function(run) equal(wanted(run).aliases, {}) end,
}

test "every server has a command, and a trial of it" {
  attributes = shop { server = "uvicorn", workers = 3 },
  expect = function(run)
    local service = run:resource("systemd_unit[shop-web.service]").properties.sections.Service
    -- The command is the release's own: one with another server can take its place.
    equal(service.ExecStart, "/usr/local/bin/shop-run @serve")
    contains(table.concat(wanted(run).build.serve, " "), "uvicorn --workers 3")
    contains(wanted(run).build.trial, "SOCKET")
  end,
}

test "two servers take turns behind a link" {
  attributes = shop { restart_mode = "blue_green" },
  expect = function(run)
    local section = run:resource("systemd_unit[shop-web@.service]").properties.sections.Service
    contains(section.ReadWritePaths, "-/run/shop-web-%i.sock")
    contains(section.Environment, "RELEASE=/srv/shop/servers/%i")
    -- A step sees by it whether one runs as it is wanted.
    contains(section.Environment, `SITE_CONFIGURATION={wanted(run).servers}`)
    contains(run:resource("template[/etc/nginx/sites-available/shop.conf]").content, "server unix:/srv/shop/servers/serving fail_timeout=0;")
    run:absent "systemd_unit[shop-web.service]"

    local order = {}
    for at, found in run:resources() do order[found.id] = at end
    assert(order["systemd_unit[shop-web@.socket]"] < order["execute[trial of shop]"])
    assert(order["wait_for[pages of shop]"] < order["execute[end of the server before of shop]"])
    local command = run:resource("setting[former units of shop]").properties.get
    contains(command[#command], "shop-web@.service shop-web@.socket")
  end,
}

test "two servers need systemd" {
  facts = { "debian-12", init_package = "sysv" },
  attributes = shop { restart_mode = "blue_green" },
  expect_error = "django_app.restart_mode is \"blue_green\", which needs systemd",
}

test "one server is restarted, and two leave nothing to it" {
  attributes = shop(),
  expect = function(run)
    equal(wanted(run).servers, "")
    equal(run:resource("directory[/srv/shop/servers]").actions, { "delete" })
    run:absent "execute[end of the server before of shop]"
  end,
}

test "what is not asked for is found by its description, and named" {
  attributes = shop {
    celery = { worker = true, beat = true },
    primary = false,
    timers = { { name = "report", schedule = "daily", command = "true" } },
  },
  expect = function(run)
    -- Another machine has the scheduler, and what is done at fixed times.
    run:absent "timer[shop-report]"
    run:absent "systemd_unit[shop-beat.service]"
    local former = run:resource "setting[former units of shop]"
    equal(former.actions, { "remove" })
    local command = former.properties.get
    equal(command[#command], "shop-web.service shop-web.socket shop-worker.service")
  end,
}

test "what a site had for its source, its password and its certificate goes with the attribute" {
  attributes = shop(),
  expect = function(run)
    for _, path in ipairs { "/etc/shop/deploy_key", "/etc/nginx/shop.passwords", "/etc/shop/self_signed.key", "/srv/shop/fetched" } do
      equal(run:resource(`file[{path}]`).actions, { "delete" })
    end
    equal(run:resource("directory[/srv/shop/source/git]").actions, { "delete" })
    run:resource "execute[end of the certificate of shop]"
  end,
}

test "npm comes if a front end needs it, after the source was looked at" {
  attributes = shop { frontend = "web" },
  expect = function(run)
    local node = run:resource "package[nodejs, npm]"
    equal(node.only_if[1], { "/usr/local/sbin/django-site", "shop", "lacks-npm" })
    equal(wanted(run).frontend, "web")
    equal(wanted(run).build.frontend, "web")
  end,
}

-- What the platform calls it, and where it is.
local PLATFORMS = {
  ["debian-12"] = {
    python = "python3", user = "www-data", site = "/etc/nginx/sites-available/shop.conf", server = "package[postgresql]",
    redis = "service[redis-server]", npm = "package[nodejs, npm]",
  },
  ["rocky-9"] = {
    python = "python3.12", user = "nginx", site = "/etc/nginx/conf.d/shop.conf", server = "package[postgresql-server]",
    redis = "service[redis]", npm = "package[nodejs, npm]",
  },
  ["fedora-42"] = {
    python = "python3", user = "nginx", site = "/etc/nginx/conf.d/shop.conf", server = "package[postgresql-server]",
    redis = "service[valkey]", npm = "package[nodejs, nodejs-npm]",
  },
}
for facts, there in PLATFORMS do
  test(`what a site is made of on {facts}`) {
    facts = facts,
    attributes = shop { database = "postgres", broker = "redis" },
    expect = function(run)
      contains(run:resource("template[/usr/local/sbin/django-site]").content, `\nexec {there.python} -X`)
      run:resource(`template[{there.site}]`)
      run:resource(there.server)
      run:resource(there.redis)
      run:resource(there.npm)
      equal(run:resource("systemd_unit[shop-web.socket]").properties.sections.Socket.SocketGroup, there.user)
    end,
  }
end

test "RHEL has a newer Python, and a first cluster to make" {
  facts = "rocky-9",
  attributes = { python = { headers = true }, django_app = { name = "shop", database = "postgres" } },
  expect = function(run)
    run:resource "package[python3.12, python3.12-pip, python3.12-devel]"
    equal(run:resource("execute[first cluster of PostgreSQL]").properties.command, { "postgresql-setup", "--initdb" })
  end,
}

test "SELinux hears of the site before a release is made, where it is enforced" {
  facts = "rocky-9",
  attributes = shop(),
  expect = function(run)
    local policy = run:resource "setting[SELinux policy of shop]"
    equal(policy.only_if, { { "grep", "-qs", "1", "/sys/fs/selinux/enforce" } })
    contains(policy.properties.value, [[(filecon "/srv/shop(/.*)?" any (system_u object_r httpd_sys_content_t ((s0) (s0))))]])
    local order = {}
    for at, found in run:resources() do order[found.id] = at end
    assert(order["setting[SELinux policy of shop]"] < order["execute[SELinux labels of shop]"])
    assert(order["execute[SELinux labels of shop]"] < order["execute[release of shop]"])
  end,
}

test "Debian's SELinux is left alone" {
  attributes = shop(),
  expect = function(run) run:absent "setting[SELinux policy of shop]" end,
}

test "the policy goes with the site" {
  facts = "rocky-9",
  attributes = shop(),
  run_list = { "django_app::uninstall" },
  expect = function(run) equal(run:resource("setting[SELinux policy of shop]").actions, { "remove" }) end,
}

test "certbot of Red Hat is looked for first, and its timer is enabled" {
  facts = "rocky-9",
  attributes = shop { tls = "acme", acme = { email = "ann@shop.example" } },
  expect = function(run)
    equal(run:resources()[1].id, "execute[certbot is on offer]")
    equal(run:resource("service[certbot-renew.timer]").actions, { "enable", "start" })
  end,
}

test "firewalld opens SSH and the site before it starts" {
  facts = "rocky-9",
  attributes = shop { firewall = "firewalld", tls = "self_signed", ssh_port = 2222 },
  expect = function(run)
    local order = {}
    for at, found in run:resources() do order[found.id] = at end
    for _, rule in ipairs { 'ssh: rule port port="2222"', 'site shop: rule port port="80"', 'site shop: rule port port="443"' } do
      assert(order[`setting[{rule} protocol="tcp" accept]`] < order["service[firewalld]"])
    end
  end,
}

test "a firewall that the platform does not have is refused" {
  facts = "rocky-9",
  attributes = shop { firewall = "ufw" },
  expect_error = 'django_app.firewall "ufw" is not supported on rocky 9.5: set it to "firewalld" or "off"',
}

for name, there in { arch = { "arch" }, ["rocky 8.10"] = { "rocky-9", platform_version = "8.10" } } do
  test(`{name} is refused`) {
    facts = there,
    attributes = shop(),
    expect_error = `django_app is not supported on {name}`,
  }
end

test "Red Hat has no supervisor" {
  facts = { "rocky-9", init_package = "init" },
  attributes = shop(),
  expect_error = "django_app is not supported on rocky 9.5 without systemd",
}

test "RHEL 10 has a Python that Django takes" {
  facts = { "rocky-9", platform_version = "10.1" },
  attributes = shop { broker = "redis" },
  expect = function(run)
    run:absent "package[python3.12, python3.12-pip]"
    run:resource "service[valkey]"
  end,
}

for firewall, last in { ufw = "execute[ufw --force enable]", nftables = "firewall_rule[everything else]" } do
  test(`{firewall} lets SSH in before it shuts anybody out`) {
    attributes = shop { firewall = firewall, tls = "self_signed", ssh_port = 2222 },
    expect = function(run)
      local order = {}
      for at, found in run:resources() do order[found.id] = at end
      assert(order["firewall_rule[ssh]"] < order["firewall_rule[site shop]"])
      assert(order["firewall_rule[site shop]"] < order[last])
      equal(run:resource("firewall_rule[ssh]").properties.port, { 2222 })
      equal(run:resource("firewall_rule[site shop]").properties.port, { 80, 443 })
    end,
  }
end

test "log files are rotated, and the journal has the log again without them" {
  attributes = shop { log_dir = "/var/log", celery = { worker = true } },
  expect = function(run)
    local function output(unit) return run:resource(`systemd_unit[{unit}]`).properties.sections.Service.StandardOutput end
    equal(output "shop-web.service", "append:/var/log/shop/web.log")
    equal(output "shop-worker.service", "append:/var/log/shop/worker.log")
    contains(run:resource("file[/etc/logrotate.d/django-shop]").content, "copytruncate")
  end,
}

test "without log files the rotation goes" {
  attributes = shop(),
  expect = function(run)
    equal(run:resource("file[/etc/logrotate.d/django-shop]").actions, { "delete" })
    equal(wanted(run).log, "")
    run:absent "firewall_rule[ssh]"
  end,
}
