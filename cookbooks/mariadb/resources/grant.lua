local server = require "./setting"

local function words(self)
  local user, host = server.account(self.user)
  local found = { "grant", user, host, self.database }
  if self.table ~= nil then
    table.insert(found, self.table)
  end
  return found
end

local function title(self)
  local place = if self.table ~= nil then `{self.database}.{self.table}` else self.database
  return `MariaDB privileges of {self.user} on {place}`
end

-- The privileges in the order in which `mariadb-setting` prints them.
local function sorted(self)
  local found = {}
  for _, privilege in ipairs(self.privileges) do
    local word = privilege:lower()
    if not word:match("^[a-z][a-z ]*$") then
      error(`{self}: "{privilege}" is no privilege`)
    end
    table.insert(found, if word == "all" then "all privileges" else word)
  end
  table.sort(found)
  return table.concat(found, ", ")
end

return resource {
  doc = "The privileges of an account on a database or a table: these, and no others.",

  properties = {
    user = property.string { required = true, doc = "The account, as in `mariadb.user`." },
    database = property.string { required = true, doc = "The database. `*` is the whole server." },
    table = property.string { doc = "A table in it. All of them, if it is not given." },
    privileges = property.strings {
      default = {},
      doc = "The privileges, such as `select` or `all`. `grant option` lets it pass them on. `revoke` needs none.",
    },
  },

  actions = {
    grant = function(self)
      if #self.privileges == 0 then
        error(`{self} has no privileges: say which, or use action = "revoke"`)
      end
      setting(title(self), server.of(words(self), { value = sorted(self) }))
    end,

    revoke = function(self)
      setting(title(self), server.of(words(self), { action = "remove" }))
    end,
  },

  default_action = "grant",
}
