-- A virtual host: a program behind a socket or port, a directory of files, or both.

local layout = require "./layout"

local sites = layout.of(node.names.nginx.sites)

local function at(self, folder) return `{folder}/{self.name}.conf` end

return resource {
  doc = "One virtual host of nginx.",

  properties = {
    domains = property.strings { required = true, doc = "Host names that it answers for." },
    port = property.integer { doc = "Port that it listens on; the attribute `nginx.port` unless it is said." },
    upstream = property.strings {
      doc = "Program that requests go to: `unix:/run/blog.sock`, or `127.0.0.1:8000`. Of several servers, each may have \
nginx's parameters after it: `10.0.0.7:8000 weight=2`, `10.0.0.9:8000 backup`.",
    },
    balance = property.choice {
      values = { "round_robin", "least_conn", "ip_hash" },
      default = "round_robin",
      doc = "Which of several servers a request goes to: each in turn, the one with the fewest connections, or always the same for a visitor.",
    },
    max_fails = property.integer {
      default = 3,
      min = 0,
      doc = "Failures within `fail_timeout` after which one of several servers gets no requests for as long. 0: it always gets its share.",
    },
    fail_timeout = property.string {
      default = "10s",
      pattern = "^[0-9]+(ms|s|m)?$",
      message = "it is a number with ms, s or m: \"10s\"",
      doc = "Time for `max_fails`.",
    },
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
    keepalive = property.integer {
      default = 0,
      doc = "Connections to the program that stay open for the next request. 0: none, each request has its own.",
    },
    read_timeout = property.string { doc = "How long the program may be silent, such as `90s`. nginx's own: 60 s." },
    certificate = property.path { doc = "Certificate with its chain. With it the site has TLS, and sends visitors there." },
    certificate_key = property.path { doc = "Private key of the certificate." },
    tls_port = property.integer { default = 443, doc = "Port of TLS." },
    redirect = property.boolean { default = true, doc = "Whether visitors without TLS are sent to it." },
    hsts = property.integer { default = 0, doc = "Seconds for which browsers remember that the site has TLS. 0: not said." },
    challenges = property.path { doc = "Directory with the answers to an ACME authority, served without TLS." },
    trusted_proxies = property.strings {
      default = {},
      doc = "Addresses of proxies in front: what they say of the visitor, `X-Forwarded-For` and `X-Forwarded-Proto`, counts.",
    },
    password_file = property.path { doc = "Users and passwords, as of htpasswd: nobody else sees the site." },
    unavailable = property.path {
      doc = "Directory with `unavailable.html`, for times without the program, or while a file `maintenance` is beside it.",
    },
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
      if (self.certificate == nil) ~= (self.certificate_key == nil) then
        error(`{self} has one of certificate and certificate_key: it needs both, or neither`)
      end
      local servers = {}
      for _, server in ipairs(self.upstream or {}) do
        if not server:match("^[^%s;{}][^;{}]*$") then
          error(`{self}: "{server}" is no server: an address with a port, or unix: and a path, and parameters of nginx`)
        end
        local name, parameters = server:match("^(%S+)%s*(.*)$")
        -- A server that has no other to stand in for it is asked always.
        local health = if #self.upstream == 1 then "fail_timeout=0" else `max_fails={self.max_fails} fail_timeout={self.fail_timeout}`
        table.insert(servers, if parameters == "" then `{name} {health}` else `{name} {health} {parameters}`)
      end
      local reload = { "reload", "service[nginx]", self.reload }

      template(at(self, sites.files)) {
        source = "site.conf.hbs",
        variables = {
          name = self.name,
          domains = self.domains,
          port = self.port or node.nginx.port,
          upstream = servers,
          balance = if self.balance == "round_robin" then false else self.balance,
          upstream_name = `site_{self.name}`,
          -- A variable of nginx has letters, digits and _ alone.
          variable = (self.name:gsub("[^%w_]", "_")),
          root = self.root or false,
          static = self.static,
          max_body = self.max_body,
          keepalive = self.keepalive,
          read_timeout = self.read_timeout or false,
          certificate = self.certificate or false,
          certificate_key = self.certificate_key or false,
          tls_port = self.tls_port,
          redirect = self.redirect,
          hsts = self.hsts,
          challenges = self.challenges or false,
          trusted_proxies = self.trusted_proxies,
          password_file = self.password_file or false,
          unavailable = self.unavailable or false,
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
