(require ".").x "a" {
  prot = 1,
  port = "x",
}
--- file: resources/x.lua
return resource { properties = { port = property.integer {} }, actions = { create = function() end } }
