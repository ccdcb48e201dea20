package "nginx"
service "nginx" { action = "restart" }
