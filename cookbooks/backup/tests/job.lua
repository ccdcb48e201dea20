local backup = require "."

test "a job is a timer and a file that only root can read" {
  secrets = { token = "it's for this test" },
  recipe = function()
    backup.job "shop" {
      paths = { "/srv/shop/", "/etc/it's" }, exclude = "/srv/shop/cache",
      dumps = { { name = "shop.sql", command = { "runuser", "-u", "postgres", "--", "pg_dump", "shop" } } },
      after = { "/usr/local/bin/off-site" }, environment = { TOKEN = secret "token" },
    }
  end,
  expect = function(run)
    local job = run:resource "template[/etc/backup/shop]"
    equal(job.properties.mode, "0600")
    contains(job.content, "'runuser' '-u' 'postgres' '--' 'pg_dump' 'shop' >\"$1\"/'shop.sql' || return 1")
    contains(job.content, "--exclude='srv/shop/cache' --exclude='var/backups/shop'")
    contains(job.content, "-C / 'srv/shop' 'etc/it'\\''s' -C")
    equal(run:resource("timer[backup-shop]").properties.command, { "/usr/local/sbin/backup-job", "run", "shop" })
  end,
}

test "an empty archive is no backup" {
  recipe = function() backup.job "shop" {} end,
  expect_error = "archives nothing: it needs paths or dumps",
}

test "a secret is no argument" {
  recipe = function() backup.job "shop" { paths = "/srv", after = { "copy", secret "token" } } end,
  expect_error = "secrets belong in environment",
}

test "an archive is made at once where that is asked for" {
  run_list = { "backup" },
  recipe = function() backup.job "shop" { paths = "/srv", action = { "create", "run" } } end,
  expect = function(run)
    equal(run:resource("execute[backup shop]").properties.command, { "/usr/local/sbin/backup-job", "run", "shop" })
  end,
}
