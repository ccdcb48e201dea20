local openssl = require "."

test "a name has to be one" {
  recipe = function()
    openssl.self_signed_certificate "/etc/ssl/web1.pem" { key = "/etc/ssl/web1.key", names = { "a b" } }
  end,
  expect_error = "\"a b\" is neither a name nor an address",
}

test "a certificate is for something" {
  recipe = function() openssl.self_signed_certificate "/etc/ssl/web1.pem" { key = "/etc/ssl/web1.key" } end,
  expect_error = "has no names",
}
