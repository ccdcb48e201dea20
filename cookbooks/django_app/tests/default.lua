-- The whole site, as `chefrs run -r django_app` sets it up.

local attributes = { django_app = { name = "shop", domain = "shop.example", aliases = {} } }

test "the server answers behind nginx" {
  attributes = attributes,
  expect = function(run)
    local site = run:resource "template[/etc/nginx/sites-available/shop.conf]"
    contains(site.content, "server_name shop.example;")
    equal(site.parent, "nginx_site[shop]")
  end,
}

test "the environment waits for the secret key, and is hidden" {
  attributes = attributes,
  expect = function(run)
    local env = run:resource "template[/etc/shop/env]"
    equal(env.sensitive, true)
    equal(env.properties.mode, "0640")
  end,
}

test "a new release is linked only after it was built" {
  attributes = attributes,
  expect = function(run)
    local order = {}
    for at, found in run:resources() do order[found.id] = at end
    assert(order["link[/srv/shop/current]"] > order["user[shop]"])
  end,
}
