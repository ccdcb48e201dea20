-- Text that is made of deferred values is one itself.
local version = contents "/etc/version"
local kernel = output { "uname", "-r" }
file "/a" { content = "version " .. version .. "\n" }
file "/b" { content = `{version} on {kernel} with {4} of {true} 100%\n` }
file "/c" { content = table.concat({ "a", version, 3, secret "pw" }, ", ") }
file "/d" { content = table.concat({ "a", "b", "c" }, kernel) }
file "/e" { content = table.concat({ "a", version, "b" }, "", 2, 2) }
file "/f" { content = "" .. version }
file "/g" { content = "# head\n" .. fragments "app" .. ("x" .. version) }
fragment "app part" { into = "app", content = `part {version}\n` }
execute "h" { command = { "echo", `{kernel}!` }, environment = { V = "v" .. version }, input = `{secret "pw"}\n`, only_if = { "test", "x" .. kernel } }
template "/i" { source = "i.hbs", variables = { label = `<{version}>` } }
print(`{version}` ~= nil, table.concat { "a", 1 }, `{1}{"a"}`, string.format("%d%%", 5))
--- file: templates/i.hbs
{{label}}
