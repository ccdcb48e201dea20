--- run: shop blog main
--- file: chefrs.toml
unset = ["nginx.modules.php"]
[attributes.nginx]
limits.rate = 5
[attributes.office."a.example"]
phone = 1
--- file: groups/unused.toml
nodes = []
--- file: recipes/main.lua
file "/a" {
  content = `{node.nginx.port} {node.nginx.limits.rate} {node.nginx.limits.burst} {node.nginx.url} `
    .. `{node:get("nginx.modules.php", "-")} {node.nginx.modules.lua} {node:get({ "office", "a.example", "phone" })}`,
}
cookbook_file "/page" { source = node.nginx.page }
cookbook_file "/style" { source = node.nginx.style }
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/attributes.lua
return attributes {
  port = attribute.integer { default = 80 },
  url = attribute.string { default = function(node) return `http://{node.hostname}:{node.nginx.port}/` end },
  limits = attribute.map { default = { burst = 10, rate = 1 } },
  modules = attribute.map { default = { php = 1, lua = 2 } },
  page = attribute.file { default = "page.html" },
  style = attribute.file { default = "style.css" },
}
--- file: cookbooks/nginx/files/page.html
nginx
--- file: cookbooks/nginx/files/style.css
nginx
--- file: cookbooks/site/cookbook.toml
name = "site"
version = "1.0.0"
[dependencies]
web = { cookbook = "nginx" }
[attributes.nginx]
port = 81
limits.burst = 20
modules.php = 7
page = "site.html"
--- file: cookbooks/site/files/site.html
site
--- file: cookbooks/shop/cookbook.toml
name = "shop"
version = "1.0.0"
[dependencies]
site = "*"
nginx = "*"
[attributes.nginx]
port = 82
limits.burst = 30
--- file: cookbooks/shop/recipes/default.lua
file "/shop" { content = `{node.nginx.port}` }
--- file: cookbooks/blog/cookbook.toml
name = "blog"
version = "1.0.0"
[dependencies]
nginx = "*"
[attributes.nginx]
limits.burst = 30
limits.rate = 9
--- file: cookbooks/blog/recipes/default.lua
