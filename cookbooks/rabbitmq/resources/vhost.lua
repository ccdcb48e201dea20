local setting_of = (require "./setting").of

return resource {
  doc = "A virtual host of RabbitMQ.",

  actions = {
    create = function(self)
      setting(`RabbitMQ virtual host {self.name}`, setting_of({ "vhost", self.name }, { value = "vhost" }))
    end,

    delete = function(self)
      setting(`RabbitMQ virtual host {self.name}`, setting_of({ "vhost", self.name }, { action = "remove" }))
    end,
  },

  default_action = "create",
}
