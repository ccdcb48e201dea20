local x = contents "/etc/hostname"
file "/a" { content = "x" .. x }
