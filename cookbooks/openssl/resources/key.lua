local openssl = require "./setting"

return resource {
  doc = "A private key without a passphrase. It is made on the machine, and never leaves it. A key of another type or size is replaced.",

  properties = {
    path = property.string { name_property = true, doc = "Where it is." },
    type = property.choice { values = { "rsa", "ec", "ed25519" }, default = "rsa", doc = "Its type." },
    size = property.string { doc = "Its bits, `3072` for rsa, or its curve, `prime256v1` for ec." },
    owner = property.string { default = "root", doc = "Owner of the file, by name." },
    group = property.string { default = "root", doc = "Group of the file, by name." },
    mode = property.string { default = "0600", doc = "Permissions of the file, in octal." },
  },

  actions = {
    create = function(self)
      setting(`private key {self.path}`, openssl.of({ "key", self.path }, {
        value = `{openssl.kind(self)}, {openssl.access(self.mode, self.owner, self.group)}`,
      }))
    end,

    delete = function(self)
      setting(`private key {self.path}`, openssl.of({ "key", self.path }, { action = "remove" }))
    end,
  },

  default_action = "create",
}
