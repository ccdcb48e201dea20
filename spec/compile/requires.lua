local db = file "/db" {}
local site = require "."
site.page "/page" { requires = db }
file "/a" { requires = { "file[/db]", db, "page[/page]" } }
package { "one", "two" }
file "/b" { requires = "package[one, two]" }
--- file: resources/page.lua
return resource {
  actions = {
    create = function(self)
      file(`{self.name}/first`) {}
      file(`{self.name}/second`) { requires = { `file[{self.name}/first]`, "file[/db]" } }
    end,
  },
  default_action = "create",
}
