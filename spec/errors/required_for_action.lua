local own = require "."
own.site "a" {}
own.site "b" { action = "delete" }
own.site "c" { action = { "delete", "create" } }
own.site "d" { action = "nothing" }
file "/e" { notifies = { "create", "site[d]" } }
own.wrong "x" {}
--- file: resources/site.lua
return resource {
  properties = {
    root = property.path { required = { "create" }, doc = "Where it lies." },
    owner = property.string { required = { "create", "delete" } },
  },
  actions = { create = function(self) end, delete = function(self) end },
}
--- file: resources/wrong.lua
return resource {
  properties = { root = property.path { required = { "crate" } } },
  actions = { create = function(self) end },
}
