-- A web server with a page: packages, accounts, files, a service that is told of changes.
package { "nginx", "curl" }
package "git"

user "deploy" { system = true, home = "/srv/site", shell = "/usr/sbin/nologin" }

directory "/srv/site" { owner = "deploy", mode = "0755", why = "The pages are deployed by their own user." }

local nginx = service "nginx" { action = { "enable", "start" } }

file "/etc/nginx/conf.d/site.conf" {
  content = "server {\n  listen 80;\n  root /srv/site;\n}\n",
  verify = "nginx -t",
  notifies = { "reload", nginx },
}

file "/srv/site/index.html" { content = "<h1>It's $HOME</h1>", owner = "deploy" }

execute "build" {
  command = { "make", "site" },
  cwd = "/srv/site",
  user = "deploy",
  environment = { LANG = "C" },
  not_if = exists "/srv/site/built",
  only_if = "command -v make",
}
