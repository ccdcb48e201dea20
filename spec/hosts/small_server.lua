-- A small server, as people keep one: accounts with keys, SSH, a firewall, a cache, jobs.
package_lists "lists"
package { "ufw", "logrotate", "redis-server" }

hostname "shop.example"
timezone "Europe/Vienna"

group "crew"
for name, key in pairs {
  ada = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbYrgkJTZ7LGLvpyXcnvhbBTcPyG3QC/qnKJbqXUO9L ada@desk",
  bob = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBMu2vaYGVXwVdtKzrbKHqXSTiQzEHZCN8lVyHnqRRYF bob@desk",
} do
  user(name) { groups = "crew", shell = "/bin/bash", manage_home = true }
  authorized_key(name) { key = key }
end
sudo "crew" { groups = "crew", commands = "/usr/bin/systemctl reload ssh", nopasswd = true }

service "ssh" { action = "nothing" }
edit "/etc/ssh/sshd_config" {
  format = "keyword", verify = "/usr/sbin/sshd -t -f {path}",
  values = { PasswordAuthentication = "no", MaxAuthTries = "3" },
  notifies = { "reload", "service[ssh]" },
}

directory "/etc/docker"
file "/etc/docker/daemon.json" { content = "{}\n", action = "create_if_missing" }
edit "/etc/docker/daemon.json" {
  values = { ["log-opts"] = { ["max-size"] = "10m" }, ["live-restore"] = true },
}

directory "/srv/scratch"
mount "/srv/scratch" {
  device = "tmpfs", fstype = "tmpfs", options = { "size=16m", "mode=0700" }, action = { "mount", "enable" },
}
limit "redis" { limits = { nofile = 65536 } }
sysctl "net.ipv4.ip_forward" { value = "1" }

service "redis-server"
line "maxmemory 64mb" {
  path = "/etc/redis/redis.conf", match = "^maxmemory\\s", notifies = { "restart", "service[redis-server]" },
}
wait_for "redis" { port = 6379, timeout = 30 }

file "/etc/logrotate.d/shop" {
  content = "/var/log/shop.log {\n  weekly\n  rotate 4\n  missingok\n}\n", mode = "0644",
}
cron "backup" { hour = "3", minute = "7", command = "/usr/local/sbin/backup" }
timer "tidy" { on_calendar = "daily", command = { "/usr/bin/find", "/srv/scratch", "-mtime", "+7", "-delete" } }

-- The rules come first, so that nobody is shut out.
firewall_rule "ssh" { port = 22, firewall = "ufw" }
firewall_rule "web" { port = { 80, 443 }, firewall = "ufw" }
firewall_rule "inside" { port = 6379, source = "10.0.0.0/8", firewall = "ufw" }
execute "ufw --force enable" { not_if = { "grep", "-qx", "ENABLED=yes", "/etc/ufw/ufw.conf" } }
