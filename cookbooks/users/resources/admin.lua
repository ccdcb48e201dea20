local admins = require "./admins"

local function program()
  cookbook_file(admins.PROGRAM) {
    source = "admin-with-key",
    mode = "0755",
    diff = false,
    why = "it tells whether an admin can log in with a key",
  }
end

return resource {
  doc = "The assertion that somebody who may do everything can log in with a key. The run fails where nobody can.",

  properties = {
    root = property.boolean { default = true, doc = "Whether root counts." },
    groups = property.strings { default = {}, doc = "Groups of which the account must be in one. Default: any account counts." },
    leaving = property.strings { default = {}, doc = "Accounts that do not count." },
    message = property.string { required = true, doc = "What to say if there is nobody." },
  },

  actions = {
    check = function(self)
      program()
      setting(self.name) {
        get = admins.check(self),
        value = "yes",
        set = { "false" },
        why = "the last one who could log in is not shut out",
      }
    end,

    -- The program alone, for a `verify` that asks later, when those who come in this run are there.
    prepare = program,
  },

  default_action = "check",
}
