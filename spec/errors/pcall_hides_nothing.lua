pcall(function() file "" end)
pcall(function() include_recipe "ngnix" end)
file "/a"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
