--- run: chefy nginx_like
--- file: cookbooks/chefy/cookbook.toml
name = "chefy"
version = "0.1.0"
--- file: cookbooks/chefy/attributes/default.rb
default["chefy"]["x"] = 1
--- file: cookbooks/chefy/recipes/default.lua
print(1)
--- file: cookbooks/nginx_like/cookbook.toml
name = "nginx_like"
version = "0.1.0"
--- file: cookbooks/nginx_like/recipes/default.lua
print(1)
--- file: cookbooks/nginx_like/attributes.lua
return attributes {}
--- file: cookbooks/nginx_like/attributes/default.rb
x
