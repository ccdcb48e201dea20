template "/etc/app.conf"
--- file: templates/app.conf.hbs
{{> footer}}
