-- haproxy: backends by name, each with servers; a timeout may be written as a number of seconds.
local haproxy = require "@haproxy"
haproxy.config "/etc/haproxy/haproxy.cfg" {
  timeout = 30,
  backends = {
    api = { servers = { { address = "10.0.0.1" }, { address = "10.0.0.2", port = 9000, backup = true } } },
    www = { balance = "source", check = { path = "/health", every = 5 }, servers = { { address = "10.0.1.1" } } },
  },
}
--- file: cookbooks/haproxy/cookbook.toml
name = "haproxy"
version = "0.1.0"
--- file: cookbooks/haproxy/resources/config.lua
return resource {
  doc = "The configuration of haproxy.",
  properties = {
    path = property.path { name_property = true, doc = "The file." },
    timeout = property.string {
      default = "10s",
      pattern = "^[0-9]+(ms|s|m)$",
      coerce = function(value) return if type(value) == "number" then `{value}s` else value end,
      doc = "Timeout of clients and servers.",
    },
    backends = property.map {
      required = true,
      min_length = 1,
      doc = "The backends by name.",
      values = {
        balance = property.string { default = "roundrobin", one_of = { "roundrobin", "leastconn", "source" }, doc = "Algorithm." },
        check = property.map {
          doc = "How servers are checked.",
          keys = {
            path = property.string { required = true, pattern = "^/", doc = "Path to ask for." },
            every = property.integer { default = 2, min = 1, doc = "Seconds between two checks." },
          },
        },
        servers = property.list {
          required = true,
          min_length = 1,
          doc = "The servers.",
          items = {
            address = property.string { required = true, doc = "Name or address." },
            port = property.integer { default = 80, min = 1, max = 65535, doc = "Port." },
            backup = property.boolean { default = false, doc = "Whether it is only used if the others fail." },
          },
        },
      },
    },
  },
  actions = {
    create = function(self)
      local lines = { `defaults\n  timeout client {self.timeout}\n  timeout server {self.timeout}\n` }
      for name, backend in self.backends do
        table.insert(lines, `backend {name}\n  balance {backend.balance}\n`)
        local every = ""
        if backend.check ~= nil then
          table.insert(lines, `  option httpchk GET {backend.check.path}\n`)
          every = ` check inter {backend.check.every}s`
        end
        for at, server in backend.servers do
          local backup = if server.backup then " backup" else ""
          table.insert(lines, `  server {name}{at} {server.address}:{server.port}{every}{backup}\n`)
        end
      end
      file(self.path) { content = table.concat(lines), verify = "haproxy -c -f {path}" }
    end,
  },
}
