local nginx = require "@nginx"
local own = require "."
service "nginx" { action = "nothing" }
local site = nginx.site "blog" { domain = "blog.example.org", notifies = { "reload", "service[nginx]" } }
nginx.site "shop" { domain = "shop.example.org", port = 81, action = { "create", "check" } }
nginx.site("old", { domain = "old.example.org", action = "nothing" })
file "/a" { notifies = { { "check", site }, { "delete", "nginx_site[old]" } } }
own.note "hello"
file "/end"
--- file: resources/note.lua
return resource {
  doc = "A note.",
  properties = { text = property.string { name_property = true } },
  actions = { write = function(self) file(`/notes/{self.name}`) { content = self.text } end },
}
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/resources/site.lua
return resource {
  doc = "One virtual host.",
  properties = {
    domain = property.string { required = true, doc = "Public host name." },
    port = property.integer { default = 80 },
    root = property.path {},
  },
  actions = {
    create = function(self)
      file(`/etc/nginx/{self.name}.conf`) {
        content = `{self.domain}:{self.port}{self.root or ""}`,
        notifies = { { "reload", "service[nginx]" }, { "touch", "file[/etc/nginx/stamp]" } },
      }
      file "/etc/nginx/stamp" { action = "nothing" }
    end,
    check = function(self) file(`/check/{self.name}`) end,
    delete = function(self) file(`/etc/nginx/{self.name}.conf`) { action = "delete" } end,
  },
}
