template "/etc/app.conf"
template "/etc/a.conf" { source = "sub/a.hbs" }
--- file: templates/app.conf.hbs
{{> footer}}
--- file: templates/sub/a.hbs
a

{{> b}}
--- file: templates/sub/_b.hbs
b
