file "/a" { content = { ["$contents"] = "/etc/shadow" } }
