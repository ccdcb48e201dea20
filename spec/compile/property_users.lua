-- Users with keys: a list of tables, of which each may have a list of tables.
local accounts = require "@accounts"
accounts.team "web" {
  members = {
    { name = "ada", keys = { { type = "ssh-ed25519", key = "AAAA1" }, { key = "AAAA2", comment = "laptop" } } },
    { name = "grace", shell = "/bin/zsh", groups = "adm", keys = {} },
  },
}
--- file: cookbooks/accounts/cookbook.toml
name = "accounts"
version = "0.1.0"
--- file: cookbooks/accounts/resources/team.lua
local name = "^[a-z_][a-z0-9_-]*$"
return resource {
  doc = "The accounts of a team, with the keys that may log in.",
  properties = {
    group = property.string { name_property = true, pattern = name, doc = "Group of all members." },
    members = property.list {
      required = true,
      min_length = 1,
      doc = "The members.",
      items = {
        name = property.string { required = true, pattern = name, max_length = 32, doc = "Login name." },
        shell = property.path { default = "/bin/bash", doc = "Login shell." },
        groups = property.strings { default = {}, doc = "More groups." },
        keys = property.list {
          default = {},
          doc = "Keys that may log in.",
          items = {
            type = property.string { default = "ssh-ed25519", one_of = { "ssh-ed25519", "ssh-rsa" }, doc = "Algorithm." },
            key = property.string { required = true, pattern = "^[A-Za-z0-9+/=]+$", doc = "The key in base64." },
            comment = property.string { doc = "What it is." },
          },
        },
      },
    },
  },
  actions = {
    create = function(self)
      group(self.group) {}
      for _, member in self.members do
        user(member.name) { gid = self.group, groups = member.groups, shell = member.shell }
        local lines = {}
        for _, key in member.keys do
          local comment = if key.comment == nil then "" else ` {key.comment}`
          table.insert(lines, `{key.type} {key.key}{comment}\n`)
        end
        file(`/home/{member.name}/.ssh/authorized_keys`) {
          owner = member.name, mode = "0600", content = table.concat(lines),
        }
      end
    end,
  },
}
