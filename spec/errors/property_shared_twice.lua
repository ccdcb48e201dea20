(require ".").x "a"
--- file: libraries/common.lua
return { owner = property.string {} }
--- file: resources/x.lua
local common = require "./common"
return resource {
  properties = { common, { owner = property.string {} } },
  actions = { create = function(self) end },
}
