local setting_of = (require "./setting").of

local function title(self) return `PostgreSQL extension {self.extension} in {self.database}` end

return resource {
  doc = "An extension in a database of PostgreSQL. The package that brings it has to be installed.",

  properties = {
    extension = property.string { name_property = true, doc = "Its name." },
    database = property.string { required = true, doc = "The database." },
    version = property.string { doc = "Its version. Any, if it is not given." },
  },

  actions = {
    create = function(self)
      local words = { "extension", self.database, self.extension }
      if self.version ~= nil then
        table.insert(words, "version")
      end
      setting(title(self), setting_of(words, { value = self.version or "installed" }))
    end,

    drop = function(self)
      setting(title(self), setting_of({ "extension", self.database, self.extension }, { action = "remove" }))
    end,
  },

  default_action = "create",
}
