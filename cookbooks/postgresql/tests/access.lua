local postgresql = require "."

test "a role connects from a network" {
  recipe = function()
    postgresql.access "reports" { database = { "blog", "a b" }, role = "reports", address = "10.0.0.0/24", encrypted = true }
  end,
  expect = function(run)
    local access = run:resource("setting[PostgreSQL access reports]").properties
    equal(access.value, "hostssl blog,\"a b\" reports 10.0.0.0/24 scram-sha-256")
  end,
}

test "the local socket knows the user of the machine" {
  recipe = function() postgresql.access "backup" { role = "backup" } end,
  expect = function(run)
    equal(run:resource("setting[PostgreSQL access backup]").properties.value, "local all backup peer")
  end,
}

test "a machine is a network, too" {
  recipe = function() postgresql.access "backup" { address = "10.0.0.7" } end,
  expect_error = "\"10.0.0.7/32\" for one machine",
}

test "the memory is shared" {
  run_list = { "postgresql::tuning" },
  expect = function(run)
    equal(run:resource("setting[PostgreSQL parameter shared_buffers]").properties.value, "448MB")
    equal(run:resource("setting[PostgreSQL parameter effective_cache_size]").properties.value, "896MB")
    contains(run:resource("postgresql_parameter[shared_buffers]").notifies, { "restart", "service[postgresql]", "delayed" })
  end,
}
