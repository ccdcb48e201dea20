-- An error is where the value is given. A note leads to the function.
local own = require "."
own.x "a" { port = "http" }
own.x "b" { port = "70000" }
own.x "c" { mode = "x" }
own.x "d" { late = contents "/etc/hostname" }
own.x "e" { late = "x" }
--- file: resources/x.lua
return resource {
  properties = {
    port = property.integer {
      max = 65535,
      coerce = function(value)
        local number = tonumber(value)
        if number == nil then error("a port is a number") end
        return number
      end,
    },
    mode = property.mode { coerce = function(value) end },
    late = property.string { coerce = function(value) return value.missing.key end },
  },
  actions = { create = function(self) end },
}
