user "wall" { manage_home = true, home = "/srv/wall-home" }
authorized_key "wall" { key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN4aewcQNcps8K3qoU91b+IB0AC6qGiek8V9vAI+KbS9" }
