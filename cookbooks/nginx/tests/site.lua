-- The custom resource `nginx.site`, declared as a recipe would.

local nginx = require "."

test "a program behind a socket" {
  recipe = function() service "nginx"; nginx.site "blog" { domains = { "blog.example", "www.blog.example" }, upstream = "unix:/run/blog.sock" } end,
  expect = function(run)
    local conf = run:resource "template[/etc/nginx/sites-available/blog.conf]"
    contains(conf.content, "server_name blog.example www.blog.example;")
    contains(conf.content, "server unix:/run/blog.sock fail_timeout=0;")
    equal(conf.parent, "nginx_site[blog]")
    equal(run:resource("link[/etc/nginx/sites-enabled/blog.conf]").properties.to, "/etc/nginx/sites-available/blog.conf")
  end,
}

test "nginx reads a site at the end of the run" {
  recipe = function() service "nginx"; nginx.site "blog" { domains = "blog.example", root = "/srv/blog" } end,
  expect = function(run)
    local conf = run:resource "template[/etc/nginx/sites-available/blog.conf]"
    equal(conf.notifies, { { "reload", "service[nginx]", "delayed" } })
  end,
}

test "other distributions link no sites" {
  facts = "rocky-9",
  recipe = function() service "nginx"; nginx.site "blog" { domains = "blog.example", root = "/srv/blog" } end,
  expect = function(run)
    contains(run:resource("template[/etc/nginx/conf.d/blog.conf]").content, "root /srv/blog;")
    equal(run:resources "link", {})
  end,
}

test "a site that is deleted leaves nothing" {
  recipe = function() service "nginx"; nginx.site "blog" { domains = "blog.example", action = "delete" } end,
  expect = function(run)
    equal(run:resource("link[/etc/nginx/sites-enabled/blog.conf]").actions, { "delete" })
    equal(run:resource("file[/etc/nginx/sites-available/blog.conf]").actions, { "delete" })
    equal(run:resources "template", {})
  end,
}

test "a site has to serve something" {
  recipe = function() service "nginx"; nginx.site "blog" { domains = "blog.example" } end,
  expect_error = "serves nothing: it needs upstream or root",
}
