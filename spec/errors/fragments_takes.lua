file "/etc/app.conf" { content = fragments {} }
