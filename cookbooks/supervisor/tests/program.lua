local supervisor = require "."

test "a program is started by a script with its environment" {
  secrets = { token = "it's only for this test" },
  recipe = function()
    supervisor.program "shop" {
      command = { "/srv/shop/run", "--name", "it's a shop" }, user = "shop", environment = { TOKEN = secret "token" },
    }
  end,
  expect = function(run)
    local script = run:resource("template[/etc/supervisor-programs/shop]")
    contains(script.content, `exec '/srv/shop/run' '--name' 'it'\\''s a shop'\n`)
    contains(script.content, "export TOKEN='it'\\''s only for this test'\n")
    equal(script.properties.mode, "0500")
    local conf = run:resource("template[/etc/supervisor/conf.d/shop.conf]")
    equal(conf.properties.mode, "0600")
  end,
}

test "a change of the arguments is one of the file that supervisor reads" {
  recipe = function()
    supervisor.program "one" { command = { "/bin/one" }, user = "shop" }
    supervisor.program "two" { command = { "/bin/two" }, user = "shop", processes = 2, autorestart = "never" }
  end,
  expect = function(run)
    local function conf(name) return run:resource(`template[/etc/supervisor/conf.d/{name}.conf]`).content end
    matches(conf("one"), "SUPERVISOR_SCRIPT=\"%x+\"")
    assert(conf("one"):match("SCRIPT=\"(%x+)\"") ~= conf("two"):match("SCRIPT=\"(%x+)\""))
    contains(conf("two"), "process_name=%(program_name)s_%(process_num)02d\nnumprocs=2\n")
    contains(conf("two"), "autorestart=false\n")
    equal(run:resource("setting[program one of supervisor]").properties.value, `up {sha256(conf("one"))}`)
  end,
}

test "a secret is no argument" {
  recipe = function() supervisor.program "shop" { command = { "/bin/x", secret "token" }, user = "shop" } end,
  expect_error = "secrets belong in environment",
}

test "a group is read once all of its programs are there" {
  recipe = function()
    supervisor.program "one" { command = { "/bin/one" }, user = "shop", group = "web" }
    supervisor.group "web" { programs = { "one" } }
  end,
  expect = function(run)
    run:absent "setting[program one of supervisor]"
    contains(run:resource("file[/etc/supervisor/conf.d/web.conf]").content, "[group:web]\nprograms=one\n")
    equal(run:resource("setting[group web of supervisor]").properties.get[5], "/etc/supervisor/conf.d/one.conf")
  end,
}
