-- Of ten thousand items, the wrong one is named.
local vhosts = {}
for at = 1, 10000 do vhosts[at] = { host = `h{at}`, port = 80 } end
vhosts[7312] = { host = "h7312", port = 0 }
vhosts[9000] = { hots = "h9000" };
(require ".").x "a" {
  vhosts = vhosts,
  ports = { 80, 0, 443 },
  backends = { api = { servers = { { address = "a" }, { adress = "b", weight = "5" } } } },
  admin = "ada",
}
--- file: resources/x.lua
return resource {
  properties = {
    vhosts = property.list {
      items = {
        host = property.string { required = true, doc = "Host name." },
        port = property.integer { default = 80, min = 1, max = 65535 },
      },
    },
    ports = property.list { items = property.integer { min = 1 } },
    backends = property.map {
      values = {
        servers = property.list {
          items = { address = property.string { required = true }, weight = property.integer {} },
        },
      },
    },
    admin = property.map { keys = { mail = property.string { required = true } } },
  },
  actions = { create = function(self) end },
}
