(require ".").x "a"
--- file: resources/x.lua
return resource {
  actions = { create = function(self)
    file "/a" { onwer = "x" }
  end },
}
