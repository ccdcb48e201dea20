for number = 1, 5 do
  template(`/etc/{number}.conf`) { source = "open.hbs", variables = { a = "1" } }
end
template "/etc/last.conf" { source = "open.hbs", variables = { a = "1" } }
template "/etc/b.conf" { source = "lacks.hbs", variables = { a = "1" } }
template "/etc/c.conf" { source = "lacks.hbs", variables = { a = "1" } }
--- file: templates/open.hbs
{{#if a}}
--- file: templates/lacks.hbs
{{b}}
