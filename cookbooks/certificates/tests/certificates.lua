local certificates = require "."

test "a certificate and its key are verified together before one is replaced" {
  secrets = { key = "the key of this test" },
  recipe = function() certificates.files "blog" { certificate = "CERTIFICATE", key = secret "key", group = "www-data" } end,
  expect = function(run)
    local combined = run:resource "file[/etc/certificates/blog/combined.pem]"
    equal(combined.content, `{secret "key"}\nCERTIFICATE\n`)
    equal(combined.properties.mode, "0640")
    assert(run:resource("file[/etc/certificates/blog/privkey.pem]").sensitive)
  end,
}

test "an authority is told the names in their order" {
  attributes = { certificates = { acme = { email = "ann@blog.example", directory = "https://localhost:14000/dir" } } },
  recipe = function() certificates.acme "blog" { domains = { "www.blog.example", "blog.example" } } end,
  expect = function(run)
    local setting = run:resource("setting[certificate blog of an authority]").properties
    equal(setting.value, "https://localhost:14000/dir for blog.example www.blog.example")
    equal(setting.set[8], "www.blog.example")
    equal(run:resource("link[/etc/certificates/blog/privkey.pem]").properties.to, "/etc/letsencrypt/live/blog/privkey.pem")
  end,
}

test "an authority signs for host names" {
  recipe = function() certificates.acme "blog" { domains = "10.0.0.7" } end,
  expect_error = "\"10.0.0.7\" is no host name",
}

test "renewals trust an authority inside the house" {
  attributes = { certificates = { acme = { ca = "/etc/ssl/house.pem" } } },
  run_list = { "certificates::acme" },
  expect = function(run)
    equal(run:resource("systemd_unit[certbot.service]").actions, { "create" })
    run:resource "timer[certificates-check]"
  end,
}
