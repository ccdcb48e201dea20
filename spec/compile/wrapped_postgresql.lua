-- postgresql: the rules of pg_hba.conf as a list of tables, and a path that follows the version that a wrapper sets.
--- run: company_db main
--- file: recipes/main.lua
local db = require "@db"
db.access "shop" {
  rules = {
    { database = "shop", user = "shop", address = "10.0.0.0/8" },
    { type = "local", method = "peer" },
  },
}
db.access "blog" { path = "/etc/postgresql/blog.conf", template = "hba.hbs", rules = { { type = "local" } } }
--- file: templates/hba.hbs
# ours
{{#each rules}}{{type}} {{method}}
{{/each}}
--- file: cookbooks/company_db/cookbook.toml
name = "company_db"
version = "0.1.0"
[dependencies]
db = "*"
[attributes.db]
version = 15
--- file: cookbooks/company_db/recipes/default.lua
package(`postgresql-{node.db.version}`)
--- file: cookbooks/db/cookbook.toml
name = "db"
version = "0.1.0"
--- file: cookbooks/db/attributes.lua
return attributes { version = attribute.integer { default = 13, min = 10, max = 20, doc = "Version of the server." } }
--- file: cookbooks/db/resources/access.lua
return resource {
  doc = "Who may connect, and how they prove who they are.",
  properties = {
    path = property.path {
      default = function(self) return `/etc/postgresql/{node.db.version}/{self.name}/pg_hba.conf` end,
      doc = "The file.",
    },
    template = property.template { default = "hba.hbs", doc = "Its template." },
    rules = property.list {
      required = true,
      min_length = 1,
      doc = "The rules, in the order in which the server tries them.",
      items = {
        type = property.string { default = "host", one_of = { "local", "host", "hostssl" }, doc = "Kind of connection." },
        database = property.string { default = "all", doc = "Database." },
        user = property.string { default = "all", doc = "Role." },
        address = property.string { default = "all", pattern = "^(all|[0-9a-f:.]+(/[0-9]+)?)$", doc = "Where from, for connections that are not local." },
        method = property.string { default = "scram-sha-256", one_of = { "peer", "scram-sha-256", "reject" }, doc = "Method." },
      },
    },
  },
  actions = {
    create = function(self)
      template(self.path) { source = self.template, mode = "0640", variables = { rules = self.rules } }
    end,
  },
}
--- file: cookbooks/db/templates/hba.hbs
{{#each rules}}{{type}} {{database}} {{user}} {{address}} {{method}}
{{/each}}
