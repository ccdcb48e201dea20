-- Docker, running, with its settings.

local wanted = node.docker

if wanted.source == "vendor" then
  local from = "https://download.docker.com/linux"
  local family = node.platform_family
  if family == "debian" then
    apt_repository "docker" {
      uri = `{from}/{if node.platform == "ubuntu" then "ubuntu" else "debian"}`,
      components = { "stable" },
      key = `{from}/debian/gpg`,
      fingerprint = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88",
    }
  elseif family == "rhel" or family == "fedora" then
    yum_repository "docker" {
      baseurl = `{from}/{if family == "fedora" then "fedora" else "rhel"}/$releasever/$basearch/stable`,
      gpgkey = `{from}/{if family == "fedora" then "fedora" else "rhel"}/gpg`,
    }
  else
    error(`docker.source is "vendor", and Docker, Inc. has no packages for {node.platform}`, 0)
  end
  package { "docker-ce", "docker-ce-cli", "containerd.io", "docker-compose-plugin" }
else
  package(node.names.docker.packages)
end

cookbook_file "/usr/local/sbin/docker-setting" {
  source = "docker-setting",
  mode = "0755",
  diff = false,
  why = "projects and the settings of the daemon are verified and asked with it",
}

directory "/etc/docker" { mode = "0755" }

file "/etc/docker/daemon.json" {
  content = json.encode(wanted.daemon, { pretty = true }) .. "\n",
  mode = "0644",
  verify = { "/usr/local/sbin/docker-setting", "verify-daemon", "{path}" },
  notifies = { "restart", "service[docker]", "immediately" },
}

if #wanted.users > 0 then
  group "docker" { members = wanted.users, append = true, system = true }
end

service "docker" { action = { "enable", "start" } }
