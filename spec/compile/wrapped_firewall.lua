-- A firewall: ports as numbers or ranges, sources as one text or a list, and a policy that a wrapper sets.
--- run: strict main
--- file: recipes/main.lua
local firewall = require "@wall"
firewall.rules "web" {
  allow = { { port = "22", from = "10.0.0.0/8" }, { port = "8000-8010", protocol = "udp" } },
}
firewall.rules "plain" { template = "wall.hbs", allow = {} }
--- file: templates/wall.hbs
ours {{policy}}
--- file: cookbooks/strict/cookbook.toml
name = "strict"
version = "0.1.0"
[dependencies]
wall = "*"
[attributes.wall]
policy = "drop"
--- file: cookbooks/strict/recipes/default.lua
package "nftables"
--- file: cookbooks/wall/cookbook.toml
name = "wall"
version = "0.1.0"
--- file: cookbooks/wall/attributes.lua
return attributes {
  policy = attribute.string { default = "accept", one_of = { "accept", "drop" }, doc = "What happens to all other packets." },
}
--- file: cookbooks/wall/resources/rules.lua
return resource {
  doc = "The rules of one table.",
  properties = {
    table = property.string {
      default = function(self) return `{self.name}_rules` end,
      pattern = "^[a-z_]+$",
      doc = "Name of the table.",
    },
    template = property.template { default = "rules.hbs", doc = "Template of the file." },
    allow = property.list {
      required = true,
      doc = "What is let in.",
      items = {
        port = property.string {
          required = true,
          pattern = "^[0-9]+(-[0-9]+)?$",
          message = "a port is a number, or a range such as \"8000-8010\"",
          doc = "Port or range.",
        },
        protocol = property.string { default = "tcp", one_of = { "tcp", "udp" }, doc = "Protocol." },
        from = property.strings { default = {}, doc = "Networks. Default: all." },
      },
    },
  },
  actions = {
    create = function(self)
      template(`/etc/nftables.d/{self.name}.nft`) {
        source = self.template,
        variables = { table = self.table, policy = node.wall.policy, allow = self.allow },
      }
    end,
  },
}
--- file: cookbooks/wall/templates/rules.hbs
table inet {{table}} {
  chain input { type filter hook input priority 0; policy {{policy}};
{{#each allow}}    {{protocol}} dport {{port}}{{#each from}} ip saddr {{this}}{{/each}} accept
{{/each}}  }
}
