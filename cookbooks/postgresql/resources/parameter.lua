local setting_of = (require "./setting").of

return resource {
  doc = "A parameter of the server, set with ALTER SYSTEM and read at once. Some count after a restart: let it notify one.",

  properties = {
    parameter = property.string { name_property = true, doc = "Its name." },
    value = property.string { required = { "set" }, doc = "Its value, as in postgresql.conf: `256MB`." },
  },

  actions = {
    set = function(self)
      local parameter = setting_of({ "parameter", self.parameter }, { value = self.value })
      setting(`PostgreSQL parameter {self.parameter}`, parameter)
    end,

    reset = function(self)
      local parameter = setting_of({ "parameter", self.parameter }, { action = "remove" })
      setting(`PostgreSQL parameter {self.parameter}`, parameter)
    end,
  },

  default_action = "set",
}
