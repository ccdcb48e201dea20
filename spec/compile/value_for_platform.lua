include_recipe "app"
-- The most exact key counts: the platform with its version, the family with that, the platform, its family, all others.
local file_of = value_for_platform { ["debian 12"] = "/etc/twelve", debian = "/etc/debian", default = "/etc/other" }
file(file_of) { content = value_for_platform { ["debian 1"] = "one", debian = "platform", default = "other" } }
file "/etc/point" { content = value_for_platform { ["debian 12.11"] = "point", ["debian 12"] = "twelve" } }
file "/etc/default" { content = value_for_platform { fedora = "family", default = "other" } }
package(value_for_platform { debian = { "a", "b" }, rhel = { "c" } })
file "/etc/flag" { action = if value_for_platform { arch = true, default = false } then "create" else "delete" }
file "/etc/named" { content = node.app.service }
--- file: cookbooks/app/cookbook.toml
name = "app"
version = "1.0.0"
--- file: cookbooks/app/attributes.lua
return attributes {
  service = attribute.string { default = value_for_platform { debian = "ssh", default = "sshd" } },
}
--- file: cookbooks/app/recipes/default.lua
