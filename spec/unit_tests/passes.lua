-- All that a test can give and read.
print(node.platform)
package { "git", "curl" }
local nginx = service "nginx" { action = { "enable", "start" }, tags = "web" }
template "/etc/web.conf" {
  source = "web.conf.hbs",
  variables = { name = node.hostname, password = secret "db_password" },
  mode = "0640",
  only_if = { exists "/etc/web", "test -d /srv" },
  not_if = { command = { "grep", "-q", "web" }, user = "app" },
  notifies = { "reload", nginx },
}
file "/etc/plain" { content = "a\nb\n", subscribes = { "create", "package[git, curl]", "immediately" } }
cookbook_file "/etc/logo" { source = "logo.txt" }
file "/etc/kernel" { content = output { "uname", "-r" } }
--- file: templates/web.conf.hbs
name = {{name}}
password = {{password}}
--- file: files/logo.txt
the logo
--- file: tests/main.lua
test "everything" {
  facts = { "rocky-9", hostname = "web7" },
  secrets = { ["db-password"] = "hunter2 and more" },
  run_list = { "main" },
  expect = function(run)
    equal(run.messages, { "rocky" })
    equal(run.warnings, {})
    local conf = run:resource "template[/etc/web.conf]"
    equal(conf.content, "name = web7\npassword = hunter2 and more\n")
    equal(conf.properties.mode, "0640")
    equal(conf.properties.owner, nil)
    equal(conf.properties.source, "templates/web.conf.hbs")
    equal(conf.properties.variables.password, secret "db_password")
    contains(conf.properties, { path = "/etc/web.conf", mode = "0640" })
    equal(conf.only_if, { { exists = "/etc/web" }, "test -d /srv" })
    equal(conf.not_if, { { command = { "grep", "-q", "web" }, user = "app" } })
    equal(conf.notifies, { { "reload", "service[nginx]", "delayed" } })
    equal(run:resource("package[git, curl]").notifies, { { "create", "file[/etc/plain]", "immediately" } })
    local nginx = run:resource "service[nginx]"
    equal(nginx.actions, { "enable", "start" })
    equal(nginx.tags, { "web" })
    equal(nginx.content, nil)
    equal({ nginx.id, nginx.type, nginx.name }, { "service[nginx]", "service", "nginx" })
    equal({ nginx.cookbook, nginx.recipe, nginx.location }, { "", "main", "recipes/main.lua:4" })
    equal(nginx.parent, nil)
    equal(nginx.sensitive, false)
    equal(run:resource("file[/etc/plain]").content, "a\nb\n")
    equal(run:resource("cookbook_file[/etc/logo]").content, "the logo\n")
    equal(run:resource("file[/etc/kernel]").content, output { "uname", "-r" })
    equal(#run:resources(), 6)
    equal(#run:resources "file", 2)
    run:absent "package[apache2]"
    matches(conf.content, "^name = %w+\n")
    contains(conf.content, "name = web7")
    assert(#conf.content > 10)
    for name in conf.properties do assert(type(name) == "string") end
  end,
}

test "the default is Debian, and a secret without a value stays deferred" {
  run_list = { "main" },
  expect = function(run)
    equal(run.messages, { "debian" })
    local variables = run:resource("template[/etc/web.conf]").properties.variables
    equal(variables.password, secret "db_password")
  end,
}

for _, facts in ipairs { "debian-12", "alpine-3.21" } do
  test(`a recipe of its own on {facts}`) {
    facts = facts,
    recipe = function() file(`/srv/{node.platform}`) end,
    expect = function(run) run:resource(`file[/srv/{facts:match("%a+")}]`) end,
  }
end

test("written with parentheses", { recipe = function() include_recipe "main" end })
