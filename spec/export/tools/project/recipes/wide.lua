-- All kinds of things, with text that means something to a shell, to YAML, Jinja, Ruby and Puppet.

local later = execute "later" { command = "echo later >> /srv/wide/log", action = "nothing" }
local chained = execute "chained" { command = "echo chained >> /srv/wide/log", action = "nothing" }
local last = execute "last" { command = "echo last >> /srv/wide/log", action = "nothing" }
local written = file "/srv/wide/written" { content = "because of a notification\n", action = "nothing" }

directory "/srv/wide" { mode = "0750" }
directory "/srv/wide/deep/er" { recursive = true, mode = "0711" }
package { "cron", "curl" } { timeout = 1200 }
message "nothing is {{ changed }} here"
file "/srv/wide/a 'b' \"c\" {{ x }} %s #{y} \\ é.txt" {
  content = "first {{ x }} $HOME `id` #{1+1} %s \\n 'q' \"dq\"\n\tsecond {% raw %}\n\n{# no #}\n",
  mode = "0640",
  owner = "root",
  group = "root",
  notifies = { { "run", later }, { "create", written, "immediately" } },
  why = "hostile {{ why }} %} #}",
}
file "/srv/wide/$HOME.txt" { content = "dollar" }
file "/srv/wide/list.json" { content = '[1, 2, {"a": "{{ b }}"}]' }
file "/srv/wide/number" { content = "0755" }
file "/srv/wide/end" { content = "one\nEND\n  two \n" }
file "/srv/wide/empty" { content = "" }
file "/srv/wide/touched" {}
file "/srv/wide/once" { action = "create_if_missing", content = "once\n" }
file "/srv/wide/checked.conf" { content = "ok 100%\n", verify = "grep -q 'ok 100%' {path}" }
cookbook_file "/srv/wide/bytes" { source = "bytes", mode = "0600" }
execute "echo '$HOME {{ x }} #{y} %s' > out.txt" { cwd = "/srv/wide", creates = "/srv/wide/out.txt", umask = "0027", timeout = 60 }
execute "guarded" {
  command = { "touch", "/srv/wide/guarded $x" },
  not_if = { exists "/srv/wide/never", "test -e '/srv/wide/guarded $x'" },
  only_if = exists "/srv/wide/out.txt",
}
execute "never" { command = "touch /srv/wide/never", only_if = { exists "/srv/wide/out.txt", "false" } }
execute "environment" {
  command = "printf %s \"$WORDS\" > /srv/wide/environment",
  environment = { WORDS = "a 'b' {{ c }} $d" },
  creates = "/srv/wide/environment",
}
execute "status" { command = "touch /srv/wide/status; exit 3", returns = { 0, 3 }, creates = "/srv/wide/status" }
file "/srv/wide/secret.conf" {
  content = `password = "{secret "db.password"}"\n`,
  mode = "0600",
  notifies = { { "run", last }, { "run", chained, "immediately" } },
}
template "/srv/wide/quoted.conf" {
  source = "quoted.hbs",
  variables = { password = secret "db.password", list = contents "/srv/wide/list.json" },
}
execute "input" { command = "cat > /srv/wide/input", input = "line {{ x }}\n", creates = "/srv/wide/input" }
link "/srv/wide/link" { to = "touched" }
file "/srv/wide/copy" { content = contents "/srv/wide/list.json" }
file "/srv/wide/guarded-file" { content = "guarded\n", only_if = exists "/srv/wide/out.txt" }
group "wide" { gid = 4711 }
user "wide" {
  uid = 4711,
  gid = "wide",
  home = "/srv/wide-home",
  manage_home = true,
  comment = "a {{ b }} 'c'",
  shell = "/bin/sh",
}
file "/srv/wide/gone" { action = "delete" }
file "/srv/wide/owned" { content = "x\n", owner = "wide", group = "wide", mode = "0600" }
execute "as wide" { command = "id -un > /srv/wide-home/me", user = "wide", creates = "/srv/wide-home/me" }
