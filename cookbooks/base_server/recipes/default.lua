-- What a server should have. Each cookbook can be switched off, and has attributes of its own.

include_recipe "base"

local own = node.base_server

-- People first: nobody is shut out. Then the firewall, which lets in SSH where sshd will be.
for _, name in ipairs {
  "users",
  "firewall",
  "ssh_hardening",
  "fail2ban",
  "unattended_upgrades",
  "logrotate",
  "time",
  "swap",
} do
  if own[name] then
    include_recipe(name)
  end
end

local language = node:get "base_server.locale"
if language ~= nil then
  if node.platform_family == "debian" and not language:match "^C" then
    package "locales"
  end
  locale(language)
end
