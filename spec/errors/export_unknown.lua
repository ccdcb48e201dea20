local nginx = require "@nginx"
nginx.stie "x"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/resources/site.lua
return resource { actions = { create = function() end } }
