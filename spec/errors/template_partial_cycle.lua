template "/etc/app.conf"
--- file: templates/app.conf.hbs
{{> a}}
--- file: templates/a.hbs
{{> b}}
--- file: templates/b.hbs
{{> a}}
