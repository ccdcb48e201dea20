local setting_of = (require "./setting").of

-- The attributes of a role as `postgresql-setting` prints them.
local function words(self)
  local found = { "role" }
  for _, name in ipairs({ "login", "superuser", "createdb", "createrole", "replication", "bypassrls" }) do
    if self[name] then
      table.insert(found, name)
    end
  end
  if not self.inherit then
    table.insert(found, "noinherit")
  end
  if self.connection_limit ~= -1 then
    table.insert(found, `connection_limit={self.connection_limit}`)
  end
  if self.valid_until ~= nil then
    if not self.valid_until:match("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$") then
      error(`{self}: valid_until is "{self.valid_until}", and is written as "2030-12-31T23:59:59Z"`)
    end
    table.insert(found, `valid_until={self.valid_until}`)
  end
  return table.concat(found, " ")
end

return resource {
  doc = "A role of PostgreSQL: a user if it may log in, otherwise a group.",

  properties = {
    password = property.string {
      doc = "Its password, best a `secret`. The server's verifier is compared with it, so a changed password is seen.",
    },
    login = property.boolean { default = true, doc = "Whether it may log in." },
    superuser = property.boolean { default = false, doc = "Whether it may do everything." },
    createdb = property.boolean { default = false, doc = "Whether it may create databases." },
    createrole = property.boolean { default = false, doc = "Whether it may create roles." },
    replication = property.boolean { default = false, doc = "Whether it may start replication." },
    bypassrls = property.boolean { default = false, doc = "Whether row security does not count for it." },
    inherit = property.boolean { default = true, doc = "Whether it has the privileges of the roles that it is a member of." },
    connection_limit = property.integer { default = -1, doc = "Most connections at a time. -1 is no limit." },
    valid_until = property.string { doc = "Until when its password counts, in UTC: `2030-12-31T23:59:59Z`." },
    member_of = property.strings {
      doc = "The roles that it is a member of. It leaves all others. Membership is not looked at if this is not given.",
    },
  },

  actions = {
    create = function(self)
      setting(`PostgreSQL role {self.name}`, setting_of({ "role", self.name }, { value = words(self) }))

      if self.password ~= nil then
        setting(`PostgreSQL password of {self.name}`, setting_of({ "password", self.name }, {
          value = "the declared one",
          environment = { PASSWORD = self.password },
        }))
      end

      if self.member_of ~= nil then
        local is_member = #self.member_of > 0
        setting(`PostgreSQL membership of {self.name}`, setting_of({ "membership", self.name }, {
          value = if is_member then table.concat(self.member_of, "\n") else nil,
          unordered = true,
          action = if is_member then "set" else "remove",
        }))
      end
    end,

    drop = function(self)
      setting(`PostgreSQL role {self.name}`, setting_of({ "removable_role", self.name }, { action = "remove" }))
    end,
  },

  default_action = "create",
}
