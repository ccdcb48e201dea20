local layout = require "./layout"

return resource {
  doc = "A certificate that you have, and its key: `fullchain.pem`, `privkey.pem`, and `combined.pem` with both.",

  properties = {
    certificate = property.text { required = { "create" }, doc = "The certificate, followed by those between it and the root." },
    key = property.text { required = { "create" }, doc = "Its private key without a passphrase, a `secret`." },
    group = property.string { default = "root", doc = "Group that may read the key." },
  },

  actions = {
    create = function(self)
      local at = layout.of(self)
      local mode = if self.group == "root" then "0600" else "0640"
      directory(at.folder) { mode = "0755" }
      -- Both are verified together, before one of them is replaced.
      local combined = file(at.combined) {
        content = `{self.key}\n{self.certificate}\n`,
        group = self.group,
        mode = mode,
        sensitive = true,
        verify = { layout.program, "verify", "{path}" },
      }
      file(at.key) { content = `{self.key}\n`, group = self.group, mode = mode, sensitive = true, requires = combined }
      file(at.certificate) { content = `{self.certificate}\n`, mode = "0644", requires = combined }
    end,

    delete = function(self)
      directory(layout.of(self).folder) { action = "delete", recursive = true }
    end,
  },

  default_action = "create",
}
