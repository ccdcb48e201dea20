local tasks = require "./tasks"

test "the log is that of everything that the site runs" {
  facts = "debian-12",
  attributes = { django_app = { name = "shop" } },
  recipe = function() tasks.logs "logs" { lines = 5, follow = true } end,
  expect = function(run)
    local words = run:resources("execute")[1].properties.command
    equal(table.concat(words, " "), "journalctl --no-pager --unit shop-* --lines 5 --follow")
  end,
}

test "words are passed on as they are" {
  facts = "debian-12",
  attributes = { django_app = { name = "shop" } },
  recipe = function() tasks.manage "manage" { words = { "shell", "-c", "print('a b')" } } end,
  expect = function(run)
    equal(
      run:resources("execute")[1].properties.command,
      { "/usr/local/bin/shop-manage", "shell", "-c", "print('a b')" }
    )
  end,
}

test "a variable is set where the project says so" {
  facts = "debian-12",
  attributes = { django_app = { name = "shop" } },
  recipe = function() tasks.config "config" { set = "EMAIL_HOST=mail \"x\"" } end,
  expect = function(run)
    contains(table.concat(run:resources("execute")[1].properties.command, " "), [[write: environment.EMAIL_HOST = "mail \"x\""]])
  end,
}

test "numbers of processes hold until the next run, and it is said how they stay" {
  facts = "debian-12",
  attributes = { django_app = { name = "shop" } },
  recipe = function() tasks.scale "scale" { worker = 2, web = 4 } end,
  expect = function(run)
    local scale, lines = unpack(run:resources("execute"))
    equal(scale.properties.command, { "/usr/local/sbin/django-site", "shop", "scale", "web=4", "worker=2" })
    contains(lines.properties.command[3], "chefrs.toml:\nworkers = 4\ncelery.concurrency = 2")
  end,
}

test "without numbers the processes are shown" {
  facts = "debian-12",
  attributes = { django_app = { name = "shop" } },
  recipe = function() tasks.scale "scale" {} end,
  expect = function(run) equal(#run:resources("execute"), 1) end,
}

test "log files are shown where they are" {
  facts = "debian-12",
  attributes = { django_app = { name = "shop", log_dir = "/var/log" } },
  recipe = function() tasks.logs "logs" {} end,
  expect = function(run)
    local words = run:resources("execute")[1].properties.command
    equal(words[#words - 2], "/var/log/shop/web.log")
  end,
}
