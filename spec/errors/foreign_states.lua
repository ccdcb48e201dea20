--- run: cmd pkg file service other
--- file: recipes/cmd.lua
cmd.run "x"
--- file: recipes/pkg.lua
pkg.installed "nginx"
--- file: recipes/file.lua
file.managed "/etc/motd"
--- file: recipes/service.lua
service.running "nginx"
--- file: recipes/other.lua
file.frobnicate "/etc/motd"
