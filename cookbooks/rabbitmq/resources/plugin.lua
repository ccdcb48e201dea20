local setting_of = (require "./setting").of

return resource {
  doc = "A plugin of RabbitMQ.",

  actions = {
    enable = function(self)
      setting(`RabbitMQ plugin {self.name}`, setting_of({ "plugin", self.name }, { value = "enabled", user = "root" }))
    end,

    disable = function(self)
      setting(`RabbitMQ plugin {self.name}`, setting_of({ "plugin", self.name }, { action = "remove", user = "root" }))
    end,
  },

  default_action = "enable",
}
