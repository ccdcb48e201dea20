local setting_of = (require "./setting").of

return resource {
  doc = "What a user may do in a virtual host. Each permission is a regular expression for the names that it is about.",

  properties = {
    user = property.string { required = true, doc = "The user." },
    vhost = property.string { default = "/", doc = "The virtual host." },
    configure = property.string { default = ".*", doc = "What it may create and delete." },
    write = property.string { default = ".*", doc = "What it may write to." },
    read = property.string { default = ".*", doc = "What it may read from." },
  },

  actions = {
    grant = function(self)
      setting(`RabbitMQ permissions of {self.user} in {self.vhost}`, setting_of({ "permission", self.user, self.vhost }, {
        value = `configure {self.configure}\nwrite {self.write}\nread {self.read}`,
      }))
    end,

    revoke = function(self)
      local permission = setting_of({ "permission", self.user, self.vhost }, { action = "remove" })
      setting(`RabbitMQ permissions of {self.user} in {self.vhost}`, permission)
    end,
  },

  default_action = "grant",
}
