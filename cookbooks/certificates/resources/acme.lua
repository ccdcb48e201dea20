local openssl = require "@openssl"
local layout = require "./layout"

local acme = node.certificates.acme

return resource {
  doc = "A certificate of an ACME authority, such as Let's Encrypt, which certbot renews. \
`prepare` comes ahead of the web server: until the authority has signed the first one, there is one that its own key signs.",

  properties = {
    domains = property.strings { required = { "prepare", "create" }, doc = "The host names that it is for." },
    reload = property.strings { default = { "nginx" }, doc = "Services that are reloaded when it was renewed." },
  },

  actions = {
    prepare = function(self)
      local at = layout.of(self)
      directory(at.folder) { mode = "0755" }
      openssl.self_signed_certificate(at.own_certificate) { key = at.own_key, names = self.domains }
      for _, pair in ipairs({ { at.key, at.own_key }, { at.certificate, at.own_certificate } }) do
        execute(`first {pair[1]}`) { command = { "ln", "-s", pair[2], pair[1] }, creates = pair[1] }
      end
    end,

    create = function(self)
      local at = layout.of(self)
      for _, domain in ipairs(self.domains) do
        if not domain:match("^[%w][%w.-]*%.%a[%w-]*$") then
          error(`{self}: "{domain}" is no host name of the DNS that an authority could look at`)
        end
      end
      for _, each in ipairs(self.reload) do
        if not each:match("^[%w@._-]+$") then
          error(`{self}: "{each}" is no service`)
        end
      end
      local domains = table.clone(self.domains)
      table.sort(domains)

      directory(at.folder) { mode = "0755" }

      file(`/etc/letsencrypt/renewal-hooks/deploy/{self.name}`) {
        content = `#!/bin/sh\n# (chefrs, cookbook certificates)\n[ "$RENEWED_LINEAGE" = /etc/letsencrypt/live/{self.name} ] || exit 0\n`
          .. `exec systemctl try-reload-or-restart {table.concat(self.reload, " ")}\n`,
        mode = "0755",
        action = if #self.reload > 0 then "create" else "delete",
      }

      local words = { layout.program, "set", self.name, acme.directory, acme.email, acme.challenges }
      setting(`certificate {self.name} of an authority`) {
        get = { layout.program, "get", self.name },
        set = table.move(domains, 1, #domains, #words + 1, words),
        value = `{acme.directory} for {table.concat(domains, " ")}`,
        environment = if acme.ca ~= "" then { REQUESTS_CA_BUNDLE = acme.ca } else {},
        timeout = 300,
        retries = 1,
      }

      link(at.key) { to = `/etc/letsencrypt/live/{self.name}/privkey.pem` }
      link(at.certificate) { to = `/etc/letsencrypt/live/{self.name}/fullchain.pem` }
    end,

    delete = function(self)
      setting(`certificate {self.name} of an authority`) {
        get = { layout.program, "get", self.name },
        unset = { layout.program, "unset", self.name },
        action = "remove",
      }
      file(`/etc/letsencrypt/renewal-hooks/deploy/{self.name}`) { action = "delete" }
      directory(layout.of(self).folder) { action = "delete", recursive = true }
    end,
  },

  default_action = "create",
}
