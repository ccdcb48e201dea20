-- A rule of logrotate: a choice, ranges, a list that may be one string, and a name made of another property.
local logs = require "@logs"
logs.rotated "app" { paths = "/var/log/app/*.log", keep = 14, size = "100M", after = "systemctl reload app" }
logs.rotated "Web Shop" { paths = { "/var/log/a.log", "/var/log/b.log" }, every = "weekly" }
--- file: cookbooks/logs/cookbook.toml
name = "logs"
version = "0.1.0"
--- file: cookbooks/logs/resources/rotated.lua
return resource {
  doc = "Log files that logrotate rotates.",
  properties = {
    paths = property.strings { required = { "create" }, min_length = 1, pattern = "^/", doc = "The files." },
    every = property.string { default = "daily", one_of = { "daily", "weekly", "monthly" }, doc = "How often." },
    keep = property.integer { default = 7, min = 0, max = 365, doc = "Old files to keep." },
    size = property.string {
      pattern = "^[0-9]+[kMG]?$",
      message = "a size is a number with k, M or G: \"100M\"",
      doc = "Rotates a file only if it is larger.",
    },
    after = property.string { doc = "Command after a rotation." },
    file_name = property.string {
      default = function(self) return (self.name:lower():gsub("[^a-z0-9]+", "-")) end,
      pattern = "^[a-z0-9-]+$",
      doc = "Name below /etc/logrotate.d.",
    },
  },
  actions = {
    create = function(self)
      template(`/etc/logrotate.d/{self.file_name}`) {
        source = "rotated.hbs",
        variables = { paths = self.paths, every = self.every, keep = self.keep, size = self.size or "", after = self.after or "" },
      }
    end,
    delete = function(self) file(`/etc/logrotate.d/{self.file_name}`) { action = "delete" } end,
  },
}
--- file: cookbooks/logs/templates/rotated.hbs
{{#each paths}}{{this}} {{/each}}{
  {{every}}
  rotate {{keep}}
{{#if size}}  size {{size}}
{{/if}}{{#if after}}  postrotate
    {{after}}
  endscript
{{/if}}}
