--- file: cookbooks/My Web/cookbook.toml
name = "My Web"
version = "1.0.0"
--- file: recipes/main.lua
file "/a"
