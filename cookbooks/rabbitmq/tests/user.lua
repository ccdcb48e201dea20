local rabbitmq = require "."

test "the order of tags does not matter" {
  recipe = function() rabbitmq.user "shop" { user_tags = { "monitoring", "administrator" } } end,
  expect = function(run)
    equal(run:resource("setting[RabbitMQ user shop]").properties.value, "administrator monitoring")
  end,
}

test "a password is in the environment of its command alone" {
  secrets = { shop = "only for this test" },
  recipe = function() rabbitmq.user "shop" { password = secret "shop" } end,
  expect = function(run)
    local password = run:resource("setting[RabbitMQ password of shop]").properties
    equal(password.environment, { PASSWORD = secret "shop" })
    equal(password.value, "the declared one")
  end,
}

test "a tag is one word" {
  recipe = function() rabbitmq.user "shop" { user_tags = { "no tag" } } end,
  expect_error = "\"no tag\" is no tag",
}
