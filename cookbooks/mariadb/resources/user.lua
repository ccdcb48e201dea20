local server = require "./setting"

return resource {
  doc = "An account of MariaDB. `app` may connect from this machine, `app@10.0.0.%` from the hosts of that pattern.",

  properties = {
    password = property.string {
      doc = "Its password, best a `secret`. It is compared with the server's hash, so a changed password is seen. \
Without one nobody can log in with a password.",
    },
  },

  actions = {
    create = function(self)
      local user, host = server.account(self.name)
      setting(`MariaDB user {self.name}`, server.of({ "user", user, host }, { value = "user" }))

      if self.password ~= nil then
        setting(`MariaDB password of {self.name}`, server.of({ "password", user, host }, {
          value = "the declared one",
          environment = { PASSWORD = self.password },
        }))
      end
    end,

    drop = function(self)
      local user, host = server.account(self.name)
      setting(`MariaDB user {self.name}`, server.of({ "user", user, host }, { action = "remove" }))
    end,
  },

  default_action = "create",
}
