-- Tests of a cookbook: its custom resources, its probes, and no attributes of the project.
file "/project"
--- file: chefrs.toml
[attributes.web]
port = 1
--- file: recipes/web.lua
file "/project-web"
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"

[dependencies]
site = "*"
--- file: cookbooks/web/attributes.lua
return attributes { port = attribute.integer { default = 80 } }
--- file: cookbooks/web/facts.lua
return probes { release = probe.file { path = "/etc/release", example = "example" } }
--- file: cookbooks/web/recipes/default.lua
file "/web" { content = `{node.web.port} {tostring(node:get("web.release"))}` }
--- file: cookbooks/web/resources/page.lua
return resource {
  properties = { title = property.string { required = true } },
  actions = {
    create = function(self) file(`/pages/{self.name}`) { content = `{self.title} on {node.web.port}` } end,
  },
}
--- file: cookbooks/web/tests/web.lua
local web = require "."
local site = require "@site"

test "the default recipe and the default of the attribute" {
  expect = function(run) equal(run:resource("file[/web]").content, "80 example") end,
}
test "attributes and answers of probes" {
  attributes = { web = { port = 8080 } },
  probes = { web = { release = "2.0" } },
  run_list = { "web" },
  expect = function(run) equal(run:resource("file[/web]").content, "8080 2.0") end,
}
test "nothing was found" {
  probes = { web = {} },
  expect = function(run) equal(run:resource("file[/web]").content, "80 nil") end,
}
test "a custom resource" {
  recipe = function() web.page "home" { title = "Home" } end,
  expect = function(run)
    local page = run:resource "file[/pages/home]"
    equal(page.content, "Home on 80")
    equal(page.parent, "web_page[home]")
    equal(page.cookbook, "web")
    equal(run:resource("web_page[home]").properties.title, "Home")
    equal(run:resource("web_page[home]").recipe, "web::tests/web")
    run:absent "web_page[other]"
  end,
}
test "a custom resource of a dependency" {
  attributes = { site = { color = "red" } },
  recipe = function() site.theme "x" {} end,
  expect = function(run) equal(run:resource("file[/theme]").content, "red") end,
}
test "a property is missing" {
  recipe = function() web.page "home" {} end,
  expect_error = "title",
}
test "an attribute of the wrong kind" {
  attributes = { web = { port = "high" } },
}
--- file: cookbooks/site/cookbook.toml
name = "site"
version = "1.0.0"
--- file: cookbooks/site/attributes.lua
return attributes { color = attribute.string {} }
--- file: cookbooks/site/resources/theme.lua
return resource { actions = { create = function(self) file "/theme" { content = node.site.color } end } }
--- file: tests/main.lua
test "the project has its attributes" {
  run_list = { "web::default" },
  expect = function(run) equal(run:resource("file[/web]").content, "1 example") end,
}
test "the attributes of a test are above them" {
  attributes = { web = { port = 2 } },
  run_list = { "web::default", "web" },
  expect = function(run)
    equal(run:resource("file[/web]").content, "2 example")
    run:resource "file[/project-web]"
  end,
}
