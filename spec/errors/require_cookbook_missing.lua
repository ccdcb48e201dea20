--- file: cookbooks/web/cookbook.toml
name = "web"
version = "1.0.0"
[dependencies]
ngnix = "*"
--- file: cookbooks/web/recipes/default.lua
local other = require "@ngnix"
other.site "a" {}
--- run: web
