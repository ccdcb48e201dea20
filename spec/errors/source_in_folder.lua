--- run: template ending file erb jinja nothing
--- file: recipes/template.lua
template "/a" { source = "templates/a.hbs" }
--- file: recipes/ending.lua
template "/a" { source = "a" }
--- file: recipes/file.lua
cookbook_file "/a" { source = "files/motd" }
--- file: recipes/erb.lua
template "/a" { source = "app.conf.erb" }
--- file: recipes/jinja.lua
template "/a" { source = "site.conf.hbs" }
--- file: recipes/nothing.lua
template "/a" { source = "nope.hbs" }
--- file: templates/a.hbs
a
--- file: templates/default/app.conf.erb
<%= @port %>
--- file: templates/site.conf.j2
{{ port }}
--- file: files/motd
hello
