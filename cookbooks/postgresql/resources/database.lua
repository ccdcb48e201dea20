local setting_of = (require "./setting").of

return resource {
  doc = "A database of PostgreSQL.",

  properties = {
    owner = property.string { default = "postgres", doc = "The role that owns it." },
    encoding = property.string { doc = "Its encoding, such as `UTF8`. The template's, if it is not given." },
    collate = property.string { doc = "Its order of strings, such as `de_DE.UTF-8`. The template's, if it is not given." },
    ctype = property.string { doc = "Its classes of characters. The template's, if it is not given." },
    template = property.string { doc = "The database that a new one is a copy of. Default: `template1`." },
  },

  actions = {
    create = function(self)
      local words = { "database", self.name }
      for _, name in ipairs({ "encoding", "collate", "ctype", "template" }) do
        if self[name] ~= nil then
          table.insert(words, `{name}={self[name]}`)
        end
      end
      setting(`PostgreSQL database {self.name}`, setting_of(words, { value = self.owner }))
    end,

    drop = function(self)
      setting(`PostgreSQL database {self.name}`, setting_of({ "database", self.name }, { action = "remove" }))
    end,
  },

  default_action = "create",
}
