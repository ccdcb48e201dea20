local redis = require "."

test "a user may use what is declared" {
  secrets = { shop = "only for this test" },
  run_list = { "redis" },
  recipe = function()
    redis.user "shop" { password = secret "shop", keys = "shop:*", channels = {}, commands = { "+@all", "-@dangerous" } }
  end,
  expect = function(run)
    local user = run:resource "fragment[Redis' user shop]"
    equal(user.properties.into, "/etc/redis/redis-chefrs.acl")
  end,
}

test "a pattern has no blank in it" {
  recipe = function() redis.user "shop" { password = secret "shop", keys = "a b" } end,
  expect_error = "\"a b\" is no pattern of keys",
}

test "a command is allowed or not" {
  recipe = function() redis.user "shop" { password = secret "shop", commands = "get" } end,
  expect_error = "\"get\" is no command with + or -",
}
