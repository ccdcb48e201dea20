-- redis: a default that depends on another property, a list of tables, the project's own template, and a wrapper that sets
-- how much memory an instance may take.
--- run: team_cache main
--- file: recipes/main.lua
local cache = require "@cache"
cache.instance "sessions" { port = 6380, save = {} }
cache.instance "pages" { template = "redis.hbs", save = { { seconds = 900 }, { seconds = 60, changes = 1000 } } }
--- file: templates/redis.hbs
# ours: {{name}} in {{directory}}
maxmemory {{memory}}
--- file: cookbooks/team_cache/cookbook.toml
name = "team_cache"
version = "0.1.0"
[dependencies]
cache = "*"
[attributes.cache]
memory = "256mb"
--- file: cookbooks/team_cache/recipes/default.lua
include_recipe "cache"
--- file: cookbooks/cache/cookbook.toml
name = "cache"
version = "0.1.0"
--- file: cookbooks/cache/attributes.lua
return attributes {
  memory = attribute.string { default = "64mb", pattern = "^[0-9]+(kb|mb|gb)$", doc = "Memory that an instance may take." },
}
--- file: cookbooks/cache/recipes/default.lua
package "redis-server"
--- file: cookbooks/cache/resources/instance.lua
return resource {
  doc = "A redis server of its own.",
  properties = {
    port = property.integer { default = 6379, min = 1, max = 65535, doc = "Port." },
    directory = property.path { default = function(self) return `/var/lib/redis/{self.name}` end, doc = "Where its data is." },
    template = property.template { default = "redis.hbs", doc = "Template of its configuration." },
    save = property.list {
      default = { { seconds = 3600, changes = 1 } },
      doc = "When data is written to disk. An empty list: never.",
      items = {
        seconds = property.integer { required = true, min = 1, doc = "Interval." },
        changes = property.integer { default = 1, min = 1, doc = "Changes within it." },
      },
    },
  },
  actions = {
    create = function(self)
      directory(self.directory) { owner = "redis", mode = "0750" }
      template(`/etc/redis/{self.name}.conf`) {
        source = self.template,
        variables = {
          name = self.name, port = self.port, directory = self.directory, memory = node.cache.memory, save = self.save,
        },
      }
    end,
  },
}
--- file: cookbooks/cache/templates/redis.hbs
port {{port}}
dir {{directory}}
maxmemory {{memory}}
{{#each save}}save {{seconds}} {{changes}}
{{else}}save ""
{{/each}}
