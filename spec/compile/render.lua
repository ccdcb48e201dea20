-- A rendered template is text; with a deferred variable it is known later.
include_recipe "app"
file "/project" { content = render("a.hbs", { name = "project" }) }
print(render("a.hbs", { name = "x" }) == "name = x, of the project\n", #render "fixed.hbs")
--- file: templates/a.hbs
name = {{name}}, of the project
--- file: templates/fixed.hbs
fixed
--- file: cookbooks/app/cookbook.toml
name = "app"
version = "1.0.0"
--- file: cookbooks/app/templates/a.hbs
{{> head}}name = {{name}}
--- file: cookbooks/app/templates/_head.hbs
# head
--- file: cookbooks/app/resources/page.lua
return resource {
  properties = { text = property.string {}, template = property.template { default = "a.hbs" } },
  actions = { create = function(self)
    file(self.name) { content = self.text .. render(self.template, { name = self.name }) }
  end },
}
--- file: cookbooks/app/recipes/default.lua
local app = require "."
file "/cookbook" { content = render("a.hbs", { name = "cookbook" }) }
app.page "/page" { text = render("a.hbs", { name = `<{output "id"}>` }) }
execute "x" { command = { "cat" }, input = render("a.hbs", { name = secret "pw" }) }
