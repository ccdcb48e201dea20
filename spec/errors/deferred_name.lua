file(contents "/x") { content = "x" }
--- run: main joined path word
--- file: recipes/joined.lua
directory("/srv/" .. output "hostname")
--- file: recipes/path.lua
directory "x" { path = "/srv/" .. output "hostname" }
--- file: recipes/word.lua
execute "x" { command = { "login", "--password=" .. secret "pw" } }
