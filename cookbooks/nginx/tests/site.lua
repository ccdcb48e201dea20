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

test "a site with TLS sends visitors to it" {
  recipe = function()
    service "nginx"
    nginx.site "blog" {
      domains = "blog.example", upstream = "127.0.0.1:8000", certificate = "/etc/blog.crt", certificate_key = "/etc/blog.key",
      challenges = "/var/lib/acme",
    }
  end,
  expect = function(run)
    local conf = run:resource("template[/etc/nginx/sites-available/blog.conf]").content
    contains(conf, "return 301 https://$host$request_uri;")
    contains(conf, "listen 443 ssl http2;")
    contains(conf, "root /var/lib/acme;")
    matches(conf, "listen 80;\n.*return 301")
  end,
}

test "a certificate has a key" {
  recipe = function() service "nginx"; nginx.site "blog" { domains = "blog.example", root = "/srv", certificate = "/c" } end,
  expect_error = "it needs both, or neither",
}

test "only a proxy that is trusted says how visitors came" {
  recipe = function()
    service "nginx"
    nginx.site "blog" { domains = "blog.example", upstream = "127.0.0.1:8000", trusted_proxies = { "10.0.0.0/8" } }
  end,
  expect = function(run)
    local conf = run:resource("template[/etc/nginx/sites-available/blog.conf]").content
    contains(conf, "    10.0.0.0/8 1;")
    contains(conf, "set_real_ip_from 10.0.0.0/8;")
    contains(conf, "X-Forwarded-Proto $site_blog_scheme;")
  end,
}

test "a websocket changes the protocol" {
  recipe = function() service "nginx"; nginx.site "blog" { domains = "blog.example", upstream = "127.0.0.1:8000" } end,
  expect = function(run)
    local conf = run:resource("template[/etc/nginx/sites-available/blog.conf]").content
    contains(conf, "proxy_http_version 1.1;")
    contains(conf, "proxy_set_header Connection $site_blog_connection;")
    contains(conf, "    '' 'close';")
  end,
}

test "several servers stand in for each other" {
  recipe = function()
    service "nginx"
    nginx.site "blog" {
      domains = "blog.example", upstream = { "10.0.0.7:8000 weight=2", "10.0.0.8:8000", "10.0.0.9:8000 backup" },
      balance = "least_conn", max_fails = 2, keepalive = 8,
    }
  end,
  expect = function(run)
    local conf = run:resource("template[/etc/nginx/sites-available/blog.conf]").content
    contains(conf, "    least_conn;\n    server 10.0.0.7:8000 max_fails=2 fail_timeout=10s weight=2;\n")
    contains(conf, "    server 10.0.0.8:8000 max_fails=2 fail_timeout=10s;\n")
    contains(conf, "    server 10.0.0.9:8000 max_fails=2 fail_timeout=10s backup;\n    keepalive 8;\n")
  end,
}

test "a server is no line of nginx's configuration" {
  recipe = function() service "nginx"; nginx.site "blog" { domains = "blog.example", upstream = "a; b" } end,
  expect_error = "\"a; b\" is no server",
}
