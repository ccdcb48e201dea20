local setting_of = (require "./setting").of

return resource {
  doc = "A user of RabbitMQ.",

  properties = {
    password = property.string { doc = "Its password, best a `secret`. The broker is asked whether it is right." },
    user_tags = property.strings { default = {}, doc = "Its tags, such as `administrator` or `monitoring`: these, and no others." },
  },

  actions = {
    create = function(self)
      for _, tag in ipairs(self.user_tags) do
        if not tag:match("^[%w_]+$") then
          error(`{self}: "{tag}" is no tag`)
        end
      end
      local tags = table.clone(self.user_tags)
      table.sort(tags)
      local value = if #tags > 0 then table.concat(tags, " ") else "user"
      setting(`RabbitMQ user {self.name}`, setting_of({ "user", self.name }, { value = value }))

      if self.password ~= nil then
        setting(`RabbitMQ password of {self.name}`, setting_of({ "password", self.name }, {
          value = "the declared one",
          environment = { PASSWORD = self.password },
        }))
      end
    end,

    delete = function(self)
      setting(`RabbitMQ user {self.name}`, setting_of({ "user", self.name }, { action = "remove" }))
    end,
  },

  default_action = "create",
}
