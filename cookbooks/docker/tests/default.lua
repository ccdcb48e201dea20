local docker = require "."

test "the daemon's settings are verified, and read at once" {
  attributes = { docker = { daemon = { ["live-restore"] = true }, users = { "ada" } } },
  expect = function(run)
    local settings = run:resource "file[/etc/docker/daemon.json]"
    equal(json.decode(settings.content), { ["log-driver"] = "local", ["live-restore"] = true })
    contains(settings.notifies, { "restart", "service[docker]", "immediately" })
    equal(run:resource("group[docker]").properties.members, { "ada" })
  end,
}

test "nobody may use it who is not named" {
  expect = function(run) run:absent "group[docker]" end,
}

test "the vendor's packages have the vendor's key" {
  attributes = { docker = { source = "vendor" } },
  expect = function(run)
    local source = run:resource("apt_repository[docker]").properties
    equal(source.uri, "https://download.docker.com/linux/debian")
    equal(source.fingerprint, "9DC858229FC7DD38854AE2D88D81803C0EBFCD88")
  end,
}

test "the vendor has no packages for all" {
  facts = "arch",
  attributes = { docker = { source = "vendor" } },
  expect_error = "Docker, Inc. has no packages for arch",
}

test "a project has its secrets in no file" {
  secrets = { token = "only for this test" },
  recipe = function()
    docker.compose_project "shop" {
      content = yaml.encode({ services = { web = { image = "shop:1", environment = { "TOKEN=${TOKEN}" } } } }),
      environment = { TOKEN = secret "token" },
    }
  end,
  expect = function(run)
    contains(run:resource("file[/srv/shop/compose.yaml]").content, "TOKEN=${TOKEN}")
    local project = run:resource("setting[project shop of Docker Compose]").properties
    equal(project.environment, { TOKEN = secret "token" })
    equal(project.set[7], "pull")
  end,
}

test "a project's name is one that Compose takes" {
  recipe = function() docker.compose_project "Shop" { content = "services: {}" } end,
  expect_error = "small letters",
}
