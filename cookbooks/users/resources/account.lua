local admins = require "./admins"

local function rule_of(self) return `account-{self.name}` end

local function checked(self)
  if not self.name:match("^[a-z_][a-z0-9_-]*$") then
    error(`{self}: "{self.name}" can't be the name of an account: small letters, digits, _ and -`)
  end
  local there = node:get({ "etc", "passwd", self.name })
  if self.name == "root" or there and there.uid == 0 then
    error(`{self} is root, which is no person's account: give each person one`)
  end
end

-- A notification that fails the run, ahead of the change, where nobody else could do everything on the machine.
local function unless_last(self)
  cookbook_file(admins.PROGRAM) { source = "admin-with-key", mode = "0755", diff = false }
  local check = execute(`an admin with a key is left without {self.name}`) {
    command = admins.check {
      leaving = { self.name },
      message = `{self.name} is the last admin with a key: give another one a key first`,
    },
    action = "nothing",
  }
  return { "run", check, "before" }
end

local function lock(self)
  local there = node:get({ "etc", "passwd", self.name })
  if there == nil then
    return
  end
  for other, account in pairs(node.etc.passwd) do
    if account.uid == there.uid and other ~= self.name then
      error(`{self} has the number of {other}, and what runs could not be told apart: give one of them another number`)
    end
  end
  local before = unless_last(self)
  authorized_key(self.name) {
    key = {},
    exclusive = true,
    only_if = { "grep", "-qs", "AAAA", `{there.dir}/.ssh/authorized_keys` },
    notifies = before,
  }
  group(node.names.sudo.group) { excluded_members = { self.name }, append = true }
  sudo(rule_of(self)) { action = "delete" }
  file(`/run/sudo/ts/{self.name}`) { action = "delete", why = "sudo would ask for no password for some minutes" }
  user(self.name) { expire_date = "1970-01-02", action = { "modify", "lock" } }
  setting(`what runs of {self.name}`) {
    get = { "/bin/sh", "-c", 'find /proc -maxdepth 1 -name "[1-9]*" -user "$1" | grep -q . && echo processes || :', "sh", self.name },
    unset = {
      "/bin/sh",
      "-c",
      [[for _ in 1 2 3 4 5 6 7 8 9 10; do
    pids=$(find /proc -maxdepth 1 -name "[1-9]*" -user "$1" | cut -d/ -f3)
    [ -n "$pids" ] || exit 0
    kill -KILL $pids 2>/dev/null
    sleep 1
done
echo "processes of $1 do not end: $pids" >&2
exit 1]],
      "sh",
      self.name,
    },
    action = "remove",
    why = "an open session keeps the rights with which it began",
  }
end

return resource {
  doc = "The account of a person.",

  properties = {
    full_name = property.string { doc = "Full name." },
    keys = property.strings {
      doc = "Public keys, as in a file that ends with `.pub`: these, and no others. Default: the keys stay as they are.",
    },
    admin = property.boolean { default = false, doc = "Whether the person may do everything with sudo." },
    ask_password = property.boolean {
      doc = "Whether sudo asks an admin for a password. Default: if there is a `password`. Without one, nobody could answer.",
    },
    password = property.string {
      doc = "The password's hash, as `openssl passwd -6` prints it, best a `secret`. Default: it stays as it is.",
    },
    groups = property.strings { default = {}, doc = "Further groups. Others stay." },
    shell = property.path { doc = "Login shell. Default: `users.shell`." },
    uid = property.integer { doc = "Number of the account. Default: the next free one." },
  },

  actions = {
    create = function(self)
      checked(self)
      local sudo_group = node.names.sudo.group
      local has_no_keys = self.keys ~= nil and #self.keys == 0
      local before = if has_no_keys or not self.admin then unless_last(self) else nil

      local groups = table.clone(self.groups)
      if self.admin then
        group(sudo_group)
        table.insert(groups, sudo_group)
      end
      user(self.name) {
        uid = self.uid,
        comment = self.full_name,
        groups = groups,
        append = true,
        shell = self.shell or node.users.shell,
        password = self.password,
        manage_home = true,
        expire_date = "never",
      }
      if self.keys ~= nil then
        authorized_key(self.name) { key = self.keys, exclusive = true, notifies = if has_no_keys then before else nil }
      end
      if self.admin then
        local asks = self.ask_password
        if asks == nil then
          asks = self.password ~= nil
        end
        sudo(rule_of(self)) { users = self.name, runas = "ALL:ALL", nopasswd = not asks }
      else
        group(sudo_group) { excluded_members = { self.name }, append = true, notifies = before }
        sudo(rule_of(self)) { action = "delete", notifies = before }
      end
    end,

    lock = function(self)
      checked(self)
      lock(self)
    end,

    remove = function(self)
      checked(self)
      lock(self)
      user(self.name) { action = "remove" }
    end,
  },

  default_action = "create",
}
