--- run: mysql mysql::lib
--- file: cookbooks/mysql/cookbook.toml
name = "mysql"
version = "0.1.0"
--- file: cookbooks/mysql/recipes/default.lua
local mysql = require "@mysql"
mysql.db "x"
--- file: cookbooks/mysql/recipes/lib.lua
require "@mysql/names"
