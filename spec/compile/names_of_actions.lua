local own = require "."
execute "start" { command = "true", notifies = { { "delete", "app[web]" } } }
own.app "web"
--- file: resources/app.lua
return resource {
  doc = "An app. Both actions declare a resource of the same name.",
  properties = {},
  actions = {
    create = function(self)
      execute "reload" { command = "after create", action = "nothing" }
      file "/srv/created" { notifies = { "run", "execute[reload]" } }
    end,
    delete = function(self)
      execute "reload" { command = "after delete", action = "nothing" }
      file "/srv/created" { action = "delete", notifies = { "run", "execute[reload]" } }
    end,
  },
}
