service "nginx"
file "/a" { notifies = { "relaod", "service[nginx]" } }
