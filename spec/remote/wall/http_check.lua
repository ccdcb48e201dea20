package "nginx"
service "nginx" { action = "start" }
http_check "http://127.0.0.1/" { expect = "ok" }
