file "/a" content = "x"
file "/b"
mode = "0644"
local c = file "/c"
owner = "root"
file "/d" { content = "x" } group = "root"
local web = require "@web"
web.site "blog" title = "My blog"
file "/e" nonsense = "x" backup = false
retries = 3
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
--- file: cookbooks/web/resources/site.lua
return resource {
  properties = { title = property.string {} },
  actions = { create = function(self) end },
}
