-- A template or file of the caller is used by a cookbook that can't see it, and each path is one of who wrote it.
local web = require "@web"
web.page "/own" {}
web.page "/given" { template = "mine.hbs", extra = "extra.txt" }
web.page "/value" { template = template_file "mine.hbs", extra = source_file "./top.txt", folder = source_directory "./site" }
web.page "/one" { names = "a" }
web.page "/list" { names = { "a", "b" } }
web.page "/gone" { action = "delete" }
print(`{template_file "mine.hbs"}`, web.page "/shown")
include_recipe "web"
--- set: web.names=single
--- set: web.page=mine.hbs
--- file: templates/mine.hbs
mine {{ name }} {{> foot}}
--- file: templates/foot.hbs
my foot
--- file: files/extra.txt
extra
--- file: site/index.html
hello
--- file: top.txt
top
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "0.1.0"
--- file: cookbooks/web/attributes.lua
return attributes {
  names = attribute.strings { default = "x", doc = "Names." },
  others = attribute.strings { default = "x", doc = "Other names." },
  page = attribute.template { default = "theirs.hbs", doc = "The page." },
  foot = attribute.template { default = "foot.hbs", doc = "Its foot." },
}
--- file: cookbooks/web/recipes/default.lua
print(#node.web.names, node.web.names[1], #node.web.others, `{node.web.page} {node.web.foot}`)
template "/page" { source = node.web.page, variables = { name = "n" } }
template "/foot" { source = node.web.foot }
--- file: cookbooks/web/resources/page.lua
return resource {
  properties = {
    template = property.template { default = "theirs.hbs" },
    extra = property.file {},
    folder = property.tree {},
    names = property.strings { default = "nobody" },
  },
  actions = {
    create = function(self)
      print(`{self}`, #self.names, table.concat(self.names, "+"))
      template(self.name) { source = self.template, variables = { name = self.name } }
      if self.extra ~= nil then cookbook_file(`{self.name}.txt`) { source = self.extra } end
      if self.folder ~= nil then remote_directory(`{self.name}.d`) { source = self.folder } end
    end,
    delete = function(self) file(self.name) { action = "delete" } end,
  },
}
--- file: cookbooks/web/templates/theirs.hbs
theirs {{ name }}
--- file: cookbooks/web/templates/foot.hbs
their foot
