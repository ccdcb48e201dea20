local rich = require "./rich"

local PROGRAM = "/usr/local/sbin/firewalld-rule"

local function checked(self)
  if #self.ports == 0 and #self.sources == 0 then
    error(`{self} has neither ports nor sources, and would be about everything`)
  end
  for _, port in ipairs(self.ports) do
    if not tostring(port):match("^%d+$") and not tostring(port):match("^%d+[-:]%d+$") then
      error(`{self}: "{port}" is no port: a number, or a range such as "8000-8010"`)
    end
  end
  for _, source in ipairs(self.sources) do
    if not source:match("^[%x.:]+/?%d*$") then
      error(`{self}: "{source}" is no address or network, such as "192.0.2.7" or "2001:db8::/32"`)
    end
  end
end

local function declare(self, action)
  checked(self)
  if self.backend == "firewalld" then
    cookbook_file(PROGRAM) { source = "firewalld-rule", mode = "0755", diff = false }
    for _, rule in ipairs(rich.rules(self)) do
      setting(`{self.name}: {rule}`) {
        get = { PROGRAM, "get", rule },
        set = { PROGRAM, "set", rule },
        unset = { PROGRAM, "unset", rule },
        value = "yes",
        action = if action == "create" then "set" else "remove",
      }
    end
    return
  end
  local sources = if #self.sources > 0 then self.sources else { false }
  for _, source in ipairs(sources) do
    -- The rules of several sources are told apart by their names, which have no `/` and `:`.
    firewall_rule(if #sources > 1 then `{self.name} {(source:gsub("[/:]", "-"))}` else self.name) {
      port = if #self.ports > 0 then self.ports else nil,
      protocol = if #self.ports > 0 then self.protocol else nil,
      source = source or nil,
      policy = self.policy,
      order = self.order,
      firewall = self.backend,
      action = action,
    }
  end
end

return resource {
  doc = "Who may reach ports of the machine, in the words of the firewall that keeps its rules.",

  properties = {
    ports = property.list {
      items = property.any {},
      default = {},
      doc = "Ports: numbers, and ranges such as `\"8000-8010\"`. Default: all, for `sources` alone.",
    },
    protocol = property.choice { values = { "tcp", "udp" }, default = "tcp", doc = "Protocol of the ports." },
    sources = property.strings { default = {}, doc = "Addresses and networks. Default: everybody." },
    policy = property.choice {
      values = { "allow", "deny", "reject" },
      default = "allow",
      doc = "What is done. `\"reject\"` answers, `\"deny\"` does not.",
    },
    backend = property.choice {
      values = { "ufw", "firewalld", "nftables" },
      default = node.firewall.backend,
      doc = "What keeps the rule. Default: the attribute `firewall.backend`.",
    },
    order = property.integer {
      default = 50,
      min = 0,
      max = 998,
      doc = "Its place among the rules of nftables: the first that fits decides.",
    },
  },

  actions = {
    create = function(self) declare(self, "create") end,
    remove = function(self) declare(self, "remove") end,
  },

  default_action = "create",
}
