-- A site of nginx with a template of the user, and locations whose snippets are files of the user.
local web = require "@web"
web.site "blog.example.org" {
  template = "mine.hbs",
  aliases = "www.blog.example.org",
  locations = { { path = "/" }, { path = "/old", snippet = "old.hbs" } },
}
web.site "shop.example.org" { listen = { 80, 8080 }, locations = { { path = "/" } } }
--- file: templates/mine.hbs
mine {{ host }} {{#each aliases}}{{this}}{{/each}}
--- file: templates/old.hbs
return 410;
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "0.1.0"
--- file: cookbooks/web/resources/site.lua
return resource {
  properties = {
    host = property.string { name_property = true, pattern = "^[a-z0-9.-]+$", doc = "Host name." },
    aliases = property.strings { default = {}, doc = "More host names." },
    listen = property.list { default = { 443 }, items = property.integer { min = 1, max = 65535 }, doc = "Ports." },
    template = property.template { default = "site.hbs", doc = "Template of the site." },
    locations = property.list {
      default = {},
      doc = "Locations.",
      items = {
        path = property.string { required = true, pattern = "^/", doc = "Path." },
        snippet = property.template { default = "location.hbs", doc = "What is inside." },
      },
    },
  },
  actions = {
    create = function(self)
      template(`/etc/nginx/sites/{self.host}.conf`) {
        source = self.template,
        variables = { host = self.host, aliases = self.aliases, ports = self.listen },
      }
      for at, location in self.locations do
        template(`/etc/nginx/sites/{self.host}.{at}.conf`) { source = location.snippet, variables = { path = location.path } }
      end
    end,
  },
}
--- file: cookbooks/web/templates/site.hbs
theirs {{ host }} {{#each ports}}{{this}} {{/each}}
--- file: cookbooks/web/templates/location.hbs
location {{ path }} {}
