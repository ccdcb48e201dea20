local lib = require "@nginx/lib"
lib.call(function() end)
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/libraries/lib.lua
return { call = function(f) f() end }
