nodes "*"
--- file: nodes/web1.toml
hots = "web1"
groups = ["nobody"]
