(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    a = property.string { one_of = { "debug", "info" }, default = "inof" },
  },
  actions = { create = function(self) end },
}
