-- Updates that install themselves: unattended-upgrades on Debian and its relatives, dnf-automatic where there is dnf.

local own = node.unattended_upgrades
local mail = node:get "unattended_upgrades.mail"

if node.platform_family == "debian" then
  -- `${distro_id}` and `${distro_codename}` are filled in by unattended-upgrades.
  local origins = value_for_platform {
    ubuntu = {
      security = {
        "origin=Ubuntu,archive=${distro_codename}-security",
        "origin=UbuntuESMApps,archive=${distro_codename}-apps-security",
        "origin=UbuntuESM,archive=${distro_codename}-infra-security",
      },
      all = { "origin=Ubuntu,archive=${distro_codename}", "origin=Ubuntu,archive=${distro_codename}-updates" },
    },
    default = {
      security = { "origin=Debian,codename=${distro_codename}-security,label=Debian-Security" },
      all = { "origin=Debian,codename=${distro_codename},label=Debian", "origin=Debian,codename=${distro_codename}-updates" },
    },
  }
  local chosen = table.clone(origins.security)
  for _, list in ipairs { if own.updates == "all" then origins.all else {}, own.origins } do
    for _, origin in ipairs(list) do
      table.insert(chosen, origin)
    end
  end
  for _, text in ipairs { table.concat(chosen), table.concat(own.exclude) } do
    if text:find('["\n]') then
      error(`unattended_upgrades.origins and exclude can't have a quote or a line break: {text}`)
    end
  end

  package "unattended-upgrades"

  template "/etc/apt/apt.conf.d/52unattended-upgrades-local" {
    source = "apt.conf.hbs",
    variables = {
      origins = chosen,
      exclude = own.exclude,
      reboot = own.reboot,
      reboot_time = own.reboot_time,
      remove_unused = own.remove_unused,
      mail = mail or false,
      mail_report = own.mail_report,
    },
    mode = "0644",
    verify = { "/usr/bin/apt-config", "-c", "{path}", "dump" },
  }

  for _, timer in ipairs { "apt-daily.timer", "apt-daily-upgrade.timer" } do
    service(timer) { action = { "enable", "start" } }
  end
elseif node.package_manager == "dnf" then
  if #own.origins > 0 then
    error("unattended_upgrades.origins is for Debian: dnf takes updates of all repositories that are enabled")
  end
  local is_new = node.platform == "fedora" and (tonumber(node.platform_version:match("^%d+")) or 0) >= 41

  package(if is_new then "dnf5-plugin-automatic" else "dnf-automatic")

  -- The newer package brings no file, and has its defaults built in.
  file "/etc/dnf/automatic.conf" { action = "create_if_missing", content = "[commands]\n", mode = "0644" }

  local values = {
    commands = {
      upgrade_type = if own.updates == "all" then "default" else "security",
      download_updates = "yes",
      apply_updates = "yes",
      reboot = if own.reboot then "when-needed" else "never",
    },
    emitters = { emit_via = if mail ~= nil then "email" else "stdio" },
  }
  if mail ~= nil then
    values.email = { email_to = mail }
  end
  if #own.exclude > 0 then
    values.base = { excludepkgs = table.concat(own.exclude, ",") }
  end
  edit "/etc/dnf/automatic.conf" { format = "ini", values = values }

  service(if is_new then "dnf5-automatic.timer" else "dnf-automatic.timer") { action = { "enable", "start" } }
else
  error(`unattended_upgrades knows how on Debian, Red Hat, Fedora and their relatives, and not on {node.platform}`)
end
