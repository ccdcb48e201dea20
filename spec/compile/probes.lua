--- facts: {"probes": {"web": {"units": [{"name": "a.service", "active": "active", "sub": "running", "state": "enabled"}, {"name": "b.timer", "active": "inactive", "sub": "dead", "state": ""}], "nginx": "1.22.1", "release": null, "settings": {"port": 81, "nothing": null, "hosts": ["a", "b"]}, "packages": []}}}
--- run: main over
include_recipe "web"
--- file: cookbooks/over/cookbook.toml
name = "over"
version = "1.0.0"
[dependencies]
web = "*"
--- file: cookbooks/over/attributes.lua
return attributes {
  version = attribute.string { default = function(node) return node.web.nginx end },
  none = attribute.string { default = function(node) return node.web.release or "none" end },
}
--- file: cookbooks/over/recipes/default.lua
file "/over" { content = `{node.over.version} {node.over.none} {#node.web.units} {node.web.release == nil}` }
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
--- file: cookbooks/web/recipes/default.lua
for _, unit in ipairs(node.web.units) do
  service(unit.name) { action = "start" }
end
assert(node.web.release == nil and node.web.text == nil)
assert(node:get("web.release", "x") == "x")
assert(node.web.settings.nothing == nil)
assert(#node.web.packages == 0 and #node.web.lines == 0 and node.web.mounts[1].fstype == "")
for key in node.web do print(key) end
file "/web" { content = json.encode({ node.web.settings, node.web.first }) }
--- file: cookbooks/web/attributes.lua
return attributes {
  first = attribute.string {
    default = function(node) return node.web.units[1].name .. (node.web.release or "") .. node:get("web.settings.port") end,
  },
}
--- file: cookbooks/web/facts.lua
return probes {
  units = probe.units { doc = "The services." },
  nginx = probe.version { command = { "nginx", "-v" }, example = "1.0" },
  release = probe.file { path = "/etc/app/release" },
  settings = probe.command { command = "app --show", read = "json" },
  packages = probe.packages { names = { "php-*" } },
  mounts = probe.mounts { example = { { mount_point = "/" } } },
  lines = probe.command { command = { "app", "list" }, read = "lines", example = {} },
  text = probe.command { command = { command = { "id" }, user = "deploy", timeout = 5 } },
}
