-- A virtual host: a program behind a socket or port, a directory of files, or both.

local layout = require "./layout"

local sites = layout.of(node.names.nginx.sites)

local function at(self, folder) return `{folder}/{self.name}.conf` end

return resource {
  doc = "One virtual host of nginx.",

  properties = {
    domains = property.strings { required = true, doc = "Host names that it answers for." },
    port = property.integer { doc = "Port that it listens on; the attribute `nginx.port` unless it is said." },
    upstream = property.string { doc = "Program that requests go to: `unix:/run/blog.sock`, or `127.0.0.1:8000`." },
    root = property.path { doc = "Directory of a site that is made of files alone." },
    static = property.list {
      default = {},
      doc = "Directories that nginx serves itself.",
      items = {
        url = property.string { required = true, doc = "Where it is below the host name: `/static/`." },
        path = property.path { required = true, doc = "The directory." },
        expires = property.string { default = "1h", doc = "How long browsers keep its files." },
      },
    },
    max_body = property.string { default = "10m", doc = "Largest request body that is taken." },
    reload = property.choice {
      values = { "delayed", "immediately" },
      default = "delayed",
      doc = "When nginx reads a change: at the end of the run, or at once, for those who look at the page next.",
    },
  },

  actions = {
    create = function(self)
      if self.upstream == nil and self.root == nil then
        error(`{self} serves nothing: it needs upstream or root`)
      end
      local reload = { "reload", "service[nginx]", self.reload }

      template(at(self, sites.files)) {
        source = "site.conf.hbs",
        variables = {
          name = self.name,
          domains = self.domains,
          port = self.port or node.nginx.port,
          upstream = if self.upstream ~= nil then self.upstream else false,
          upstream_name = `site_{self.name}`,
          root = self.root or false,
          static = self.static,
          max_body = self.max_body,
        },
        mode = "0644",
        verify = { "/usr/local/sbin/nginx-verify-site", "{path}", `{self.name}.conf`, sites.folder },
        notifies = reload,
      }

      if sites.is_linked then
        link(at(self, sites.folder)) { to = at(self, sites.files), notifies = reload }
      end
    end,

    delete = function(self)
      local reload = { "reload", "service[nginx]", self.reload }
      if sites.is_linked then
        link(at(self, sites.folder)) { action = "delete", notifies = reload }
      end
      file(at(self, sites.files)) { action = "delete", notifies = reload }
    end,
  },

  default_action = "create",
}
