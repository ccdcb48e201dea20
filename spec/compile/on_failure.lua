local undo = execute "undo" { action = "nothing", command = { "undo" } }
file "/a" { on_failure = { "run", undo } }
local site = require "."
-- A circle of failures and repairs ends by itself, so it is none.
execute "migrate" { command = { "migrate" }, on_failure = { { "run", "execute[repair]" }, { "delete", "page[/page]" } } }
execute "repair" { action = "nothing", command = { "repair" }, notifies = { "run", "execute[migrate]", "immediately" } }
site.page "/page" {}
--- file: resources/page.lua
return resource {
  actions = {
    create = function(self) file(self.name) { on_failure = { "run", "execute[undo]" } } end,
    delete = function(self) file(self.name) { action = "delete" } end,
  },
  default_action = "create",
}
