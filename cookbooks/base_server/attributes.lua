local function switch(name)
  return attribute.boolean { default = true, doc = `Whether the cookbook \`{name}\` is included.` }
end

return attributes {
  users = switch "users",
  firewall = switch "firewall",
  ssh_hardening = switch "ssh_hardening",
  fail2ban = switch "fail2ban",
  unattended_upgrades = switch "unattended_upgrades",
  logrotate = switch "logrotate",
  time = switch "time",
  swap = switch "swap",
  locale = attribute.string { doc = "Locale of the machine: `de_AT.UTF-8`. Default: as it is." },
}
