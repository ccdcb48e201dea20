(require ".").x "a"
--- file: resources/x.lua
return resource {
  properties = {
    host = property.string { default = function(self) return self.url:sub(9) end },
    url = property.string { default = function(self) return `https://{self.domain}` end },
    domain = property.string { default = function(self) return self.host end },
  },
  actions = { create = function(self) print(self.host) end },
}
