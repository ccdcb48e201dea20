--- run: main
--- file: recipes/main.lua
template "/default" { source = "default.hbs", variables = { x = "a" } }
template "/join" { source = "join.hbs", variables = { x = { "a" } } }
template "/json" { source = "json.hbs", variables = { x = "a" } }
template "/other" { source = "other.hbs", variables = { x = "a" } }
template "/missing" { source = "missing.hbs", variables = { port = 80 } }
--- file: templates/default.hbs
a line
hi {{ x | default('y') }}
--- file: templates/join.hbs
{{ x | join(", ") }}
--- file: templates/json.hbs
{{ x | to_json }}
--- file: templates/other.hbs
{{ x | frobnicate }}
--- file: templates/missing.hbs
a line
{{prot}}
