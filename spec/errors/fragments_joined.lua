file "/etc/app.conf" { content = "# head\n" .. fragments "app" }
