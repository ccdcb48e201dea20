template "/etc/app.conf" { variables = { name = "x", token = secret "token" } }
template "/etc/other.conf" { source = "sub/other.conf.hbs" }
cookbook_file "/etc/motd"
include_recipe "nginx"
--- file: templates/app.conf.hbs
{{name}} {{> footer}} {{> part}}
--- file: templates/footer.hbs
footer {{> part}}
--- file: templates/_part.hbs
part
--- file: templates/sub/other.conf.hbs
other
--- file: files/motd
hello
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/recipes/default.lua
template "/etc/nginx.conf"
--- file: cookbooks/nginx/templates/nginx.conf.hbs
from the cookbook
