local logrotate = require "."

test "a rotation with everything" {
  recipe = function()
    logrotate.rotation "shop" {
      paths = { "/var/log/shop/*.log", "/var/log/a name.log" },
      frequency = "daily",
      keep = 14,
      max_size = "100M",
      create = "0640 shop adm",
      as = "shop adm",
      postrotate = { "systemctl", "kill", "it's" },
    }
  end,
  expect = function(run)
    local file = run:resource "template[/etc/logrotate.d/shop]"
    contains(file.content, '"/var/log/shop/*.log"\n"/var/log/a name.log"\n{\n    daily\n    rotate 14\n')
    contains(file.content, "    create 0640 shop adm\n    su shop adm\n")
    contains(file.content, "    postrotate\n        'systemctl' 'kill' 'it'\\''s'\n    endscript\n")
    equal(file.properties.verify, { "/usr/sbin/logrotate", "-d", "{path}" })
  end,
}

test "by size alone" {
  recipe = function() logrotate.rotation "shop" { paths = "/var/log/shop.log", size = "10M", copytruncate = true } end,
  expect = function(run)
    local content = run:resource("template[/etc/logrotate.d/shop]").content
    contains(content, "{\n    size 10M\n    rotate 4\n")
    contains(content, "    copytruncate\n}\n")
    assert(not content:find("create", 1, true) and not content:find("weekly", 1, true))
  end,
}

test "a log has an absolute path" {
  recipe = function() logrotate.rotation "shop" { paths = "var/log/shop.log" } end,
  expect_error = "is no absolute path",
}

test "a name that logrotate would ignore" {
  recipe = function() logrotate.rotation "shop.log" { paths = "/var/log/shop.log" } end,
  expect_error = "ignored by logrotate",
}

test "create takes three words" {
  recipe = function() logrotate.rotation "shop" { paths = "/var/log/shop.log", create = "0640" } end,
  expect_error = "it takes mode, owner and group",
}

test "a timer starts it" {
  expect = function(run) run:resource "service[logrotate.timer]" end,
}

test "cron starts it on an older machine" {
  facts = { "rocky-9", platform_version = "8.10" },
  expect = function(run) run:absent "service[logrotate.timer]" end,
}
