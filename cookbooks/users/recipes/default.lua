-- The people of `users.accounts`, and those who left. First those who come, so that there is always somebody who can log in.

local admins = require "./admins"
local users = require "."

local people = (require "./people").of(node.users.accounts)
local has_admin = false
local leaving = {}

for name, person in pairs(people) do
  if table.find(node.users.removed, name) then
    error(`{name} is in users.accounts and in users.removed: take the name out of one of them`)
  end
  has_admin = has_admin or person.admin
  local has_no_keys = person.keys ~= nil and #person.keys == 0
  if (not person.admin or has_no_keys) and node:get({ "etc", "passwd", name }) then
    table.insert(leaving, name)
  end
end
for _, name in ipairs(node.users.removed) do
  if node:get({ "etc", "passwd", name }) then
    table.insert(leaving, name)
  end
end

if #leaving > 0 and #admins.declared({}) == 0 then
  users.admin "an admin with a key is left" {
    leaving = leaving,
    message = "nobody could log in with a key and use sudo any more: users.accounts needs an admin with keys",
  }
end

if has_admin then
  package(node.names.sudo.packages)
end

for _, is_admin in ipairs { true, false } do
  for name, person in pairs(people) do
    if person.admin == is_admin then
      users.account(name) {
        full_name = person.full_name,
        keys = person.keys,
        admin = person.admin,
        ask_password = person.ask_password,
        password = if person.password_secret ~= nil then secret(person.password_secret) else nil,
        groups = person.groups,
        shell = person.shell,
        uid = person.uid,
      }
    end
  end
end

for _, name in ipairs(node.users.removed) do
  users.account(name) { action = "lock" }
end
