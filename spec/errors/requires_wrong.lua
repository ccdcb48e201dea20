file "/a" { requires = "file[/later]" }
file "/b" { requires = "file[/b]" }
file "/c" { requires = { "fil[/a]", 5 } }
file "/d" { requires = "/a" }
file "/f" { requires = { package = "nginx" } }
local site = require "."
site.page "/page" {}
file "/e" { requires = "file[/page/first]" }
file "/later" {}
--- file: resources/page.lua
return resource {
  actions = {
    create = function(self)
      file(`{self.name}/first`) { requires = `page[{self.name}]` }
    end,
  },
  default_action = "create",
}
