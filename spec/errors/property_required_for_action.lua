local own = require "."
own.x "a"
own.x "b" { action = "delete" }
own.x "c" { action = { "delete", "create" } }
--- file: resources/x.lua
return resource {
  properties = { domain = property.string { required = { "create" }, doc = "Public host name." } },
  actions = { create = function(self) end, delete = function(self) end },
}
