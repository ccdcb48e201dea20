-- 106 resources of an ordinary application server, as `shell/mixed.sh` makes them.

local root = "/srv/bench"

package { "curl", "tar", "git", "bash", "coreutils", "sed", "grep", "gzip", "findutils", "dpkg" }

for _, name in { "cbapp", "cbops" } do
  group(name)
end

for _, name in { "cbweb", "cbworker", "cbdeploy" } do
  user(name) { gid = "cbapp", shell = "/bin/bash" }
end

for _, name in { "etc", "links", "stamps" } do
  directory(`{root}/{name}`) { owner = "root", group = "root", mode = "0755" }
end

for i = 1, 20 do
  directory(`{root}/d{i}`) { owner = "cbweb", group = "cbapp", mode = "0755" }
end

for i = 1, 40 do
  template(`{root}/etc/t{i}.conf`) {
    source = "app.conf.hbs",
    owner = "root",
    mode = "0644",
    variables = {
      number = i,
      app = "shop",
      port = 8000 + i,
      workers = 4,
      database = "db.internal",
      hosts = { "a.example", "b.example", "c.example" },
    },
  }
end

for i = 1, 10 do
  link(`{root}/links/l{i}`) { to = `{root}/etc/t{i}.conf` }

  execute(`stamp {i}`) {
    command = { "touch", `{root}/stamps/c{i}` },
    creates = `{root}/stamps/c{i}`,
  }
end

for i = 1, 5 do
  service(`cbsvc{i}`) { action = { "enable", "start" } }
end

for i = 1, 3 do
  cron(`cb{i}`) { minute = i, hour = 3, command = `/bin/true cb{i}` }
end
