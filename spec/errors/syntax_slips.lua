--- run: quote quote_braces quote_in_property quote_odd quote_lines quote_back quote_back_open brackets comment_open typographic typographic_single no_break_space dash letter hash hash_behind hash_bang slashes slashes_behind slash_star yaml yaml_mapping yaml_document json xml erb ruby ruby_list ruby_code symbol puppet arrow colon quoted_key square else_if elif braces function python python_function comma comma_inline comma_list comma_nested unquoted unquoted_path unquoted_alone unquoted_variable unquoted_parameter unquoted_node backquoted backquoted_plain let foreach unless import not_equal and or ternary increment dollar unclosed_brace unclosed_bracket unclosed_block end brace other
--- file: recipes/quote.lua
package "nginx
--- file: recipes/quote_braces.lua
package "nginx { action = x }
--- file: recipes/quote_in_property.lua
file "/etc/motd" { content = "hello }
--- file: recipes/quote_odd.lua
file "/x { mode = "0644" }
--- file: recipes/quote_lines.lua
file "/x" { content = "one
two" }
--- file: recipes/quote_back.lua
file(`/srv/{node.hostname`) {}
--- file: recipes/quote_back_open.lua
file(`/srv/x) {}
--- file: recipes/brackets.lua
local text = [[ one
two
--- file: recipes/comment_open.lua
--[[ one
two
--- file: recipes/typographic.lua
package “nginx”
--- file: recipes/typographic_single.lua
package ‘nginx’ { options = „x“ }
--- file: recipes/no_break_space.lua
package "nginx" { action = "install" }
--- file: recipes/dash.lua
local x = 3 – 1
--- file: recipes/letter.lua
package é
--- file: recipes/hash.lua
# the web server
package "nginx"
--- file: recipes/hash_behind.lua
package "nginx" # the web server
--- file: recipes/hash_bang.lua
#!/usr/bin/lua
package "nginx"
--- file: recipes/slashes.lua
// the web server
package "nginx"
--- file: recipes/slashes_behind.lua
package "nginx" // the web server
--- file: recipes/slash_star.lua
/* the web server */
package "nginx"
--- file: recipes/yaml.lua
- name: install nginx
  apt:
    name: nginx
--- file: recipes/yaml_mapping.lua
nginx:
  pkg.installed
--- file: recipes/yaml_document.lua
---
hosts: all
tasks:
  - ping:
--- file: recipes/json.lua
{ "nginx": { "port": 80 } }
--- file: recipes/xml.lua
<?xml version="1.0"?>
--- file: recipes/erb.lua
<% if true %>
--- file: recipes/ruby.lua
package 'nginx' do
  action :install
end
--- file: recipes/ruby_list.lua
service "nginx" do
  action [:enable, :start]
  retries 3
end
--- file: recipes/ruby_code.lua
template "/etc/x" do
  source "x.erb"
  variables(port: node['x'])
end
--- file: recipes/symbol.lua
package "nginx" { action = :install }
--- file: recipes/puppet.lua
package { 'nginx': ensure => installed }
--- file: recipes/arrow.lua
file "/x" { mode => "0644" }
--- file: recipes/colon.lua
file "/x" { mode: "0644" }
--- file: recipes/quoted_key.lua
file "/x" { "mode" = "0644" }
--- file: recipes/square.lua
service "nginx" { action = ["enable", "start"] }
--- file: recipes/else_if.lua
if true then
  package "a"
else if false then
  package "b"
end
--- file: recipes/elif.lua
if true then
  package "a"
elif false then
  package "b"
end
--- file: recipes/braces.lua
if (node.platform == "debian") {
  package "a"
}
--- file: recipes/function.lua
function f(x) {
  return x
}
--- file: recipes/python.lua
if node.platform == "debian":
    package("a")
--- file: recipes/python_function.lua
def site(name):
    pass
--- file: recipes/comma.lua
file "/x" {
  mode = "0644"
  owner = "root",
}
--- file: recipes/comma_inline.lua
file "/x" { mode = "0644" owner = "root" }
--- file: recipes/comma_list.lua
package {
  "git"
  "curl"
}
--- file: recipes/comma_nested.lua
execute "x" {
  environment = { A = "b" }
  command = "true",
}
--- file: recipes/unquoted.lua
service nginx { action = "start" }
--- file: recipes/unquoted_path.lua
file /etc/motd { content = "x" }
--- file: recipes/unquoted_alone.lua
package php-fpm
--- file: recipes/unquoted_variable.lua
local d = "/tmp/x"
file d { mode = "0644" }
--- file: recipes/unquoted_parameter.lua
for _, path in { "/a", "/b" } do
  file path { mode = "0644" }
end
--- file: recipes/unquoted_node.lua
file node.motd.path { mode = "0644" }
--- file: recipes/backquoted.lua
file `/srv/{node.platform}` { content = "x" }
--- file: recipes/backquoted_plain.lua
file `/srv/x`
--- file: recipes/let.lua
let port = 80
--- file: recipes/foreach.lua
foreach name in list { }
--- file: recipes/unless.lua
unless true then
--- file: recipes/import.lua
import nginx
--- file: recipes/not_equal.lua
if node.platform != "debian" then end
--- file: recipes/and.lua
if true && false then end
--- file: recipes/or.lua
local x = nil || 3
--- file: recipes/ternary.lua
local x = true ? 1 : 2
--- file: recipes/increment.lua
local i = 1
i++
--- file: recipes/dollar.lua
file "/x" { content = $hostname }
--- file: recipes/unclosed_brace.lua
file "/x" {
  mode = "0644"

--- file: recipes/unclosed_bracket.lua
file("/x", { mode = "0644" }

--- file: recipes/unclosed_block.lua
if true then
  package "a"

--- file: recipes/end.lua
package "a"
end
--- file: recipes/brace.lua
file "/x" {}}
--- file: recipes/other.lua
local = 1
