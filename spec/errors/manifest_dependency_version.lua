--- file: cookbooks/db/cookbook.toml
name = "db"
version = "1.2.0"
--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
[dependencies]
db = "around 2"
--- file: cookbooks/web/recipes/default.lua
include_recipe "db"
--- run: web
