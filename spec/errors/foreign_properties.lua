--- run: all
--- file: recipes/all.lua
package "nginx" { when = "a", state = "latest", tags = "web", repo = "x", name = "nginx" }
service "nginx" { ensure = "running", enable = true, require = "x", become = true }
file "/etc/motd" { dest = "/etc/motd", src = "motd", state = "absent", line = "x", user = "root" }
user "deploy" { groups = { "sudo" }, createhome = true, ensure = "present" }
execute "make" { chdir = "/srv", onlyif = "true", unless = "false", register = "made", with_items = { "a" }, loop = { "a" } }
link "/srv/current" { creates = "/srv/current", state = "link", notify = "restart" }
git "/srv/app" { repo = "https://example.org/app.git", version = "main" }
template "/etc/app.conf" { source = "app.conf.hbs", validate = "true", vars = {} }
--- file: templates/app.conf.hbs
port 80
