-- What a default gives is checked like a given value.
local own = require "."
own.x "a" { workers = 500 }
own.x "b" { action = "fail" }
--- file: resources/x.lua
return resource {
  properties = {
    workers = property.integer {},
    connections = property.integer {
      max = 4096,
      default = function(self) return (self.workers or 1) * 10 end,
    },
    path = property.path { default = function(self) return `/srv/{self.workers}` end },
  },
  actions = {
    create = function(self) print(self.connections) end,
    fail = function(self) print(self.path) end,
  },
}
