--- run: old site chefy recipes/web web
--- file: recipes/web.lua
print(1)
--- file: recipes/old.rb
package 'nginx'
--- file: recipes/site.yml
- hosts: all
--- file: cookbooks/chefy/cookbook.toml
name = "chefy"
version = "0.1.0"
--- file: cookbooks/chefy/recipes/default.rb
package 'nginx'
