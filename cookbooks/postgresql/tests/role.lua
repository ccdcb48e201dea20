local postgresql = require "."

test "a role has the password of the secret" {
  secrets = { db_password = "only for this test" },
  recipe = function() postgresql.role "app" { password = secret "db_password" } end,
  expect = function(run)
    local password = run:resource "setting[PostgreSQL password of app]"
    equal(password.properties.environment.PASSWORD, secret "db_password")
  end,
}

test "a role without a password gets none" {
  recipe = function() postgresql.role "app" {} end,
  expect = function(run) run:absent "setting[PostgreSQL password of app]" end,
}

test "a date is written in UTC" {
  recipe = function() postgresql.role "app" { valid_until = "tomorrow" } end,
  expect_error = "is written as \"2030-12-31T23:59:59Z\"",
}
