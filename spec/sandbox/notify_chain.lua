-- ends: error
local own = require "."
own.x "a"
--- file: resources/x.lua
return resource { actions = { create = function(self) local o = require "." o.x(self.name .. "a") { action = "nothing", notifies = { "create", "x[" .. self.name .. "a]" } } local h = file("/" .. self.name) {} end } }
