-- The SSH server. What would shut out everybody is refused before it is written, and a reload leaves open connections alone.

local admins = require "@users/admins"
local users = require "@users"

include_recipe "users"

local own = node.ssh_hardening
local port = node:get "ssh_hardening.port"

local values = {
  PasswordAuthentication = if own.password_authentication then "yes" else "no",
  KbdInteractiveAuthentication = if own.password_authentication then nil else "no",
  PermitEmptyPasswords = "no",
  PermitRootLogin = own.permit_root_login,
  X11Forwarding = "no",
}
if not own.drop_in and not own.password_authentication then
  -- What the older server calls it.
  values.KbdInteractiveAuthentication = nil
  values.ChallengeResponseAuthentication = "no"
end
if port ~= nil then
  values.Port = tostring(port)
end
for key, list in pairs { Ciphers = own.ciphers, MACs = own.macs, KexAlgorithms = own.kex_algorithms } do
  if #list > 0 then
    values[key] = table.concat(list, ",")
  end
end
if #own.allow_groups > 0 then
  values.AllowGroups = table.concat(own.allow_groups, " ")
end
for key, value in pairs(own.settings) do
  if key:lower() == "match" or not key:match("^%a%w*$") or value:match("%c") then
    error(`ssh_hardening.settings has "{key} {value}", which is not one setting: blocks of Match belong in a file of their own`)
  end
  for known in pairs(table.clone(values)) do
    if known:lower() == key:lower() then
      values[known] = nil
    end
  end
  values[key] = value
end

-- Whoever decides here who may log in has to leave somebody who can.
local check = {
  root = own.permit_root_login ~= "no" and own.permit_root_login ~= "forced-commands-only",
  groups = own.allow_groups,
  message = if #own.allow_groups > 0
    then `no admin of the groups {table.concat(own.allow_groups, ", ")} has a key, and nobody could log in: see ssh_hardening.allow_groups`
    else "no admin has a key, and without passwords nobody could log in: users.accounts takes one, or set ssh_hardening.password_authentication",
}
local has_to_check = not own.password_authentication or #own.allow_groups > 0
if has_to_check then
  local is_coming = #admins.declared(own.allow_groups) > 0
  users.admin "an admin can log in with a key" {
    root = check.root,
    groups = check.groups,
    message = check.message,
    action = if is_coming then "prepare" else "check",
  }
end

package(node.names.openssh.packages)
service(node.names.openssh.service) { action = { "enable", "start" } }

cookbook_file "/usr/local/sbin/sshd-verify" {
  source = "sshd-verify",
  mode = "0755",
  diff = false,
  why = "sshd tests its settings with it before they are in place",
}

local verify = { { "/usr/local/sbin/sshd-verify", "{path}", table.unpack(if own.drop_in then {} else { "whole" }) } }
if has_to_check then
  -- Once more at the moment that counts, when the accounts of this run are there.
  table.insert(verify, admins.check(check))
end
local reload = { "reload", `service[{node.names.openssh.service}]` }

if own.drop_in then
  local settings = {}
  for key, value in pairs(values) do
    table.insert(settings, { key = key, value = value })
  end

  directory "/etc/ssh/sshd_config.d" { mode = "0755" }
  template "/etc/ssh/sshd_config.d/00-hardening.conf" {
    source = "hardening.conf.hbs",
    variables = { settings = settings },
    mode = "0600",
    verify = verify,
    notifies = reload,
  }
  if value_for_platform { suse = false, default = true } then
    line "Include /etc/ssh/sshd_config.d/*.conf" {
      path = "/etc/ssh/sshd_config",
      match = "^Include\\s+/etc/ssh/sshd_config\\.d/\\*\\.conf",
      before = "^[^#\\s]",
      verify = { "/usr/local/sbin/sshd-verify", "{path}", "whole" },
      notifies = reload,
    }
  end
else
  edit "/etc/ssh/sshd_config" { format = "keyword", values = values, verify = verify, notifies = reload }
end
