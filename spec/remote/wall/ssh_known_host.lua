ssh_known_host "wall.example.org" { key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN4aewcQNcps8K3qoU91b+IB0AC6qGiek8V9vAI+KbS9" }
