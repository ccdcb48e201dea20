-- Limits, coerce, defaults from other properties, and shared properties: what is within them reaches the action.
local web = require "@web"
web.pool "api" {
  port = "8443",
  balance = "leastconn",
  labels = "edge",
  servers = {
    { address = "10.0.0.1" },
    { address = "10.0.0.2", port = 9000, options = { "check", "backup" } },
  },
  limits = { soft = 1024 },
  weights = { a = 1, b = 2 },
}
web.pool "plain" { servers = { { address = "10.0.0.3" } } }
web.pool "gone" { action = "delete" }
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "0.1.0"
--- file: cookbooks/web/libraries/common.lua
return {
  owner = property.string { default = "root", pattern = "^[a-z_][a-z0-9_-]*$", doc = "Owner of the files." },
  root = property.path { default = "/etc/pools", doc = "Directory of the files." },
}
--- file: cookbooks/web/resources/pool.lua
local common = require "./common"
return resource {
  properties = {
    common,
    root = property.path { default = "/srv/pools", doc = "Replaces the shared one." },
    port = property.integer { default = 443, min = 1, max = 65535, coerce = tonumber },
    balance = property.string { default = "roundrobin", one_of = { "roundrobin", "leastconn" } },
    labels = property.strings { pattern = "^[a-z]+$", max_length = 3 },
    config = property.path { default = function(self) return `{self.root}/{self.slug}.conf` end },
    slug = property.string { default = function(self) return self.name:lower() end, max_length = 63 },
    servers = property.list {
      required = { "create" },
      min_length = 1,
      items = {
        address = property.string { required = true },
        port = property.integer { default = 80, min = 1, max = 65535 },
        options = property.strings { default = "check", one_of = { "check", "backup" } },
      },
    },
    limits = property.map { default = {}, keys = { soft = property.integer { default = 512 }, hard = property.integer {} } },
    weights = property.map { values = property.integer { min = 0 }, max_length = 4 },
  },
  actions = {
    create = function(self)
      local lines = { `port {self.port}, balance {self.balance}, owner {self.owner}, soft {self.limits.soft}` }
      for _, server in self.servers do
        table.insert(lines, `{server.address}:{server.port} {table.concat(server.options, " ")}`)
      end
      for name, weight in self.weights or {} do table.insert(lines, `{name}={weight}`) end
      for _, tag in self.labels or {} do table.insert(lines, `tag {tag}`) end
      file(self.config) { content = table.concat(lines, "\n") }
    end,
    delete = function(self) file(self.config) { action = "delete" } end,
  },
}
