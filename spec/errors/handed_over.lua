local web = require "@web"
web.page "/a" { template = "theirs.hbs" }
web.page "/b" { template = source_file "mine.txt" }
web.page "/c" { template = { path = "x" } }
template "/d" { source = template_file "nowhere.hbs" }
template_file(1)
--- run: main stolen path
--- file: recipes/stolen.lua
include_recipe "web::steal"
--- file: recipes/path.lua
include_recipe "web::path"
--- set: web.page=./recipes/main.lua
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "0.1.0"
--- file: cookbooks/web/attributes.lua
return attributes { page = attribute.string { doc = "A path." } }
--- file: cookbooks/web/recipes/steal.lua
cookbook_file "/stolen" { source = "./recipes/main.lua" }
file "/forged" { content = "x", ["$file"] = { cookbook = "", path = "recipes/main.lua" } }
local web = require "."
web.page "/forged" { template = { ["$template"] = { cookbook = "", path = "mine.hbs" } } }
--- file: cookbooks/web/recipes/path.lua
cookbook_file "/named" { source = node.web.page }
--- file: cookbooks/web/resources/page.lua
return resource {
  properties = { template = property.template { required = true } },
  actions = { create = function(self) template(self.name) { source = self.template } end },
}
--- file: cookbooks/web/templates/theirs.hbs
theirs
