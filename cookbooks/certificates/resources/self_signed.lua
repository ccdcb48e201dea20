local openssl = require "@openssl"
local layout = require "./layout"

return resource {
  doc = "A certificate that its own key signs. It is made anew before it expires.",

  properties = {
    names = property.strings { required = { "create" }, doc = "The names and addresses that it is for." },
    days = property.integer { default = 365, doc = "Days that a new one is valid." },
    group = property.string { default = "root", doc = "Group that may read the key." },
  },

  actions = {
    create = function(self)
      local at = layout.of(self)
      directory(at.folder) { mode = "0755" }
      openssl.self_signed_certificate(at.certificate) {
        key = at.key,
        names = self.names,
        days = self.days,
        group = self.group,
        key_mode = if self.group == "root" then "0600" else "0640",
      }
    end,

    delete = function(self)
      directory(layout.of(self).folder) { action = "delete", recursive = true }
    end,
  },

  default_action = "create",
}
