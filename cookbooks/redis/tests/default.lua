test "the memory is a quarter of the machine's" {
  expect = function(run)
    local conf = run:resource("template[/etc/redis/redis-chefrs.conf]")
    contains(conf.content, "bind 127.0.0.1 -::1\nport 6379\nmaxmemory 448mb\nmaxmemory-policy noeviction\nappendonly no\n")
    equal(conf.notifies, { { "restart", "service[redis-server]", "immediately" } })
  end,
}

test "a cache keeps nothing" {
  attributes = { redis = { persistence = "none", policy = "allkeys-lru", settings = { timeout = "300" } } },
  expect = function(run)
    local conf = run:resource("template[/etc/redis/redis-chefrs.conf]").content
    contains(conf, "maxmemory-policy allkeys-lru\nappendonly no\nsave \"\"\n")
    contains(conf, "timeout 300\n")
  end,
}

test "the log is there before the server is told to start with it" {
  attributes = { redis = { persistence = "log" } },
  expect = function(run)
    equal(run:resource("setting[Redis' log of writes]").properties.value, "yes")
  end,
}

test "nobody else reaches a server without a password" {
  attributes = { redis = { bind = { "127.0.0.1", "10.0.0.7" } } },
  expect_error = "redis.bind has 10.0.0.7, where others can reach it, and redis.password is not set",
}

test "a password is a secret" {
  attributes = { redis = { bind = { "0.0.0.0" }, password = { secret = "redis" } } },
  secrets = { redis = "only for this test" },
  expect = function(run)
    assert(run:resource("file[/etc/redis/redis-chefrs.acl]").sensitive)
  end,
}

test "Valkey has taken its place elsewhere" {
  facts = "arch",
  expect = function(run)
    run:resource "template[/etc/valkey/valkey-chefrs.conf]"
    run:resource "service[valkey]"
  end,
}
