service "nginx"
file "/a" { notifies = { "reload", "service[nginx]", "delyaed" } }
file "/b" { notifies = { "reload", "service[nginx]", 5 } }
