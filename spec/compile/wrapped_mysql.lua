-- mysql: options by section with known and free keys, a default that is a share of the memory, and a wrapper that
-- sets the share.
--- run: small_machines main
--- file: recipes/main.lua
local mysql = require "@sql"
mysql.server "main" { sections = { client = { port = 3307 }, mysqld = { ["max-connections"] = 50 } } }
mysql.server "copy" { template = "my.hbs", buffer_pool = 64 }
--- file: templates/my.hbs
ours {{pool}}M
--- file: cookbooks/small_machines/cookbook.toml
name = "small_machines"
version = "0.1.0"
[dependencies]
sql = "*"
[attributes.sql]
share = 25
--- file: cookbooks/small_machines/recipes/default.lua
package "mariadb-server"
--- file: cookbooks/sql/cookbook.toml
name = "sql"
version = "0.1.0"
--- file: cookbooks/sql/attributes.lua
return attributes {
  memory = attribute.integer { default = 2048, min = 64, doc = "Memory that is there for it, in MiB." },
  share = attribute.integer { default = 70, min = 5, max = 90, doc = "Percent of the memory that the server takes." },
}
--- file: cookbooks/sql/resources/server.lua
return resource {
  doc = "A server and its options.",
  properties = {
    buffer_pool = property.integer {
      default = function(self) return node.sql.memory * node.sql.share // 100 end,
      min = 8,
      doc = "Memory for pages of tables, in MiB.",
    },
    template = property.template { default = "my.hbs", doc = "Template of the file." },
    sections = property.map {
      default = {},
      doc = "Options by section.",
      keys = {
        client = property.map { doc = "Of clients.", keys = { port = property.integer { min = 1, max = 65535, doc = "Port." } } },
        mysqld = property.map { doc = "Of the server.", values = property.integer { min = 0, doc = "A number." } },
      },
    },
  },
  actions = {
    create = function(self)
      template(`/etc/mysql/{self.name}.cnf`) {
        source = self.template,
        variables = { pool = self.buffer_pool, sections = self.sections },
      }
    end,
  },
}
--- file: cookbooks/sql/templates/my.hbs
{{#each sections}}[{{@key}}]
{{#each this}}{{@key}} = {{this}}
{{/each}}{{/each}}[mysqld]
innodb_buffer_pool_size = {{pool}}M
