if exists "/etc/nginx" then package "nginx" end
--- run: main not_ same
--- file: recipes/not_.lua
local there = exists "/etc/nginx"
local missing = not there
--- file: recipes/same.lua
print(exists "/a" == true)
