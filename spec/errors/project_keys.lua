--- run: main
--- file: recipes/main.lua
print(1)
--- file: chefrs.toml
run_list = ["web"]
name = "x"
[dependencies]
nginx = "*"
[nodes]
web1 = "192.0.2.7"
[groups]
web = ["web1"]
[vars]
x = 1
[nginx]
port = 81
[secrets]
x = "a"
