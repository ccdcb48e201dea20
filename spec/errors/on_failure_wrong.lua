local undo = execute "undo" { action = "nothing", command = { "undo" } }
file "/a" { on_failure = { "run", undo, "immediately" } }
file "/b" { on_failure = { "create", "file[/b]" } }
file "/c" { on_failure = "execute[undo]" }
file "/d" { on_failure = { "run", "execute[und]" } }
file "/e" { on_failure = { "undo", undo } }
file "/f" { on_failure = { "run", undo, on_failure = "skip" } }
local site = require "."
site.page "/page" {}
--- file: resources/page.lua
return resource {
  actions = {
    create = function(self)
      file(`{self.name}/first`) { on_failure = { "create", `page[{self.name}]` } }
    end,
  },
  default_action = "create",
}
