file "/a" { content = "1", mode = "0644" }
file "/a" { content = "2", mode = "0644" }
service "x" { action = "start" }
service "x" { action = "stop" }
