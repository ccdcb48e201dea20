local server = require "./setting"

return resource {
  doc = "A database of MariaDB.",

  properties = {
    character_set = property.string { default = "utf8mb4", doc = "Its character set." },
    collation = property.string { doc = "Its order of strings. That of the character set, if it is not given." },
  },

  actions = {
    create = function(self)
      local words = { "database", self.name }
      local value = self.character_set
      if self.collation ~= nil then
        table.insert(words, "collation")
        value = `{value} {self.collation}`
      end
      setting(`MariaDB database {self.name}`, server.of(words, { value = value }))
    end,

    drop = function(self)
      setting(`MariaDB database {self.name}`, server.of({ "database", self.name }, { action = "remove" }))
    end,
  },

  default_action = "create",
}
