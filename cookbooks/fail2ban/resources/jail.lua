local properties_of = (require "./file").properties

return resource {
  doc = "A jail: what fail2ban watches, and when it shuts somebody out. What is not given is as in the attributes.",

  properties = {
    enabled = property.boolean { default = true, doc = "Whether it is in use. A jail of the distribution is switched off with it." },
    filter = property.string { doc = "What a failure looks like: a file in `/etc/fail2ban/filter.d`. Default: the name of the jail." },
    port = property.string { doc = "Ports that are shut, with commas: `http,https`." },
    backend = property.string { doc = "Where it reads: `systemd` for the journal, `auto` for files. Default: by `logpath`." },
    logpath = property.strings { default = {}, doc = "Files that it reads. Default: the journal." },
    journalmatch = property.string { doc = "Entries of the journal that it reads: `_SYSTEMD_UNIT=app.service`. Default: those of the filter." },
    maxretry = property.integer { min = 1, doc = "Failures until an address is shut out." },
    findtime = property.string { doc = "Time in which failures are counted." },
    bantime = property.string { doc = "How long an address is shut out." },
    ignoreip = property.strings { doc = "Addresses that are never shut out, instead of those of the attributes." },
    settings = property.map { default = {}, values = property.any {}, doc = "Further settings: `{ mode = \"aggressive\" }`." },
  },

  actions = {
    create = function(self)
      if not self.name:match("^[%w_-]+$") or self.name == "DEFAULT" then
        error(`{self}: "{self.name}" can't be the name of a jail: letters, digits, _ and -`)
      end
      local values = table.clone(self.settings)
      values.enabled = tostring(self.enabled)
      values.backend = self.backend or (if #self.logpath > 0 then "auto" else "systemd")
      if #self.logpath > 0 then
        -- Further lines of a value are indented.
        values.logpath = table.concat(self.logpath, "\n  ")
      end
      values.filter = self.filter
      values.port = self.port
      values.journalmatch = self.journalmatch
      values.maxretry = self.maxretry
      values.findtime = self.findtime
      values.bantime = self.bantime
      if self.ignoreip ~= nil then
        values.ignoreip = table.concat(self.ignoreip, " ")
      end
      template(`/etc/fail2ban/jail.d/{self.name}.local`)(properties_of(self.name, `{self.name}.local`, values))
    end,

    delete = function(self)
      file(`/etc/fail2ban/jail.d/{self.name}.local`) { action = "delete", notifies = { "reload", "service[fail2ban]" } }
    end,
  },

  default_action = "create",
}
