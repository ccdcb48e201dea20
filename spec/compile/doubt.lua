-- What is hardly meant so: each draws a warning, and what is common and right draws none.
local name, port = "web", 80
file "/hello" { content = "Hello {node.hostname}, {name}" }
file "/ruby" { content = "name=#{name}\nhost=#{node['hostname']}\n" }
file "/shell" { content = 'name=${name}' }
file "/jinja" { content = [[
port = {{ port }}
host = {{hostname}}
]] }
file("/srv/{node.hostname}") { content = "x" }
template "/erb" { source = "erb.hbs", variables = { name = name } }
template "/jinja2" { source = "jinja.hbs", variables = { name = name } }
template "/unused" { source = "plain.hbs", variables = { name = name, port = port } }

-- Right as they are.
file "/script" { content = "echo ${HOME} ${hostname} ${#name} {a,b} $(uname) {later}\nawk '{print $1}'\n" }
file "/go" { content = "{{.Names}} {{ range . }} {{ $labels.instance }} {{ unseen }}" }
file "/tmux" { content = "#{pane_title} #{hostname.x}" }
file "/verified" { content = "x", verify = "test -s {path}" }
file "/quoted" { content = `Hello {name}` }
local pattern = "{name}"
file "/replaced" { content = ("Hello {name}"):gsub(pattern, name) }
template "/all" { source = "all.hbs", variables = { name = name } }
template "/some" { source = "some.hbs", variables = { name = name, port = port } }
-- Whoever writes the backslash means it, and no other string is blamed for that.
local kept = "{port}"
file "/meant" { content = `\{port} is {port}` }
local later = 1
--- file: templates/erb.hbs
# Managed
name <%= @name %>
--- file: templates/jinja.hbs
{% if name %}
{{ name }}
{% endif %}
--- file: templates/plain.hbs
nothing in here, %{name} {%
--- file: templates/all.hbs
{{#each this}}{{@key}}={{this}}{{/each}}
--- file: templates/some.hbs
{{ name }}
