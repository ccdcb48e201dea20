service "nginx"
file "/a" { notifies = { "reload", "service[nginx]", on_fail = "skip" } }
file "/b" { notifies = { "reload", "service[nginx]", on_failure = "never" } }
