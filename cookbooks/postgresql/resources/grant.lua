local setting_of = (require "./setting").of

local PRIVILEGES = {
  database = { "connect", "create", "temporary" },
  schema = { "create", "usage" },
  sequences = { "select", "update", "usage" },
  tables = { "delete", "insert", "maintain", "references", "select", "trigger", "truncate", "update" },
}

-- The privileges in the order in which `postgresql-setting` prints them.
local function sorted(self)
  local known = PRIVILEGES[self.on]
  local found = {}
  for _, privilege in ipairs(self.privileges) do
    local word = privilege:lower()
    if not table.find(known, word) then
      error(`{self}: "{privilege}" is no privilege on {self.on}; there are {table.concat(known, ", ")}`)
    end
    table.insert(found, word)
  end
  table.sort(found)
  return table.concat(found, ", ")
end

local function words(self, wanted)
  local schema = if self.on == "database" then "" else self.schema
  return { "grant", self.role, self.on, self.database, schema, wanted }
end

local function title(self)
  local place = if self.on == "database" then "" else ` in schema {self.schema}`
  return `PostgreSQL privileges of {self.role} on {self.on} of {self.database}{place}`
end

return resource {
  doc = "The privileges that a role itself holds on something in a database: these, and no others.",

  properties = {
    role = property.string { required = true, doc = "The role." },
    database = property.string { required = true, doc = "The database." },
    on = property.choice {
      values = { "database", "schema", "tables", "sequences" },
      default = "database",
      doc = "On what: the database, a schema in it, or all tables or sequences of that schema that there are now.",
    },
    schema = property.string { default = "public", doc = "The schema." },
    privileges = property.strings { default = {}, doc = "The privileges, such as `select`. `revoke` needs none." },
  },

  actions = {
    grant = function(self)
      if #self.privileges == 0 then
        error(`{self} has no privileges: say which, or use action = "revoke"`)
      end
      local wanted = sorted(self)
      setting(title(self), setting_of(words(self, wanted), { value = wanted }))
    end,

    revoke = function(self)
      setting(title(self), setting_of(words(self, ""), { action = "remove" }))
    end,
  },

  default_action = "grant",
}
