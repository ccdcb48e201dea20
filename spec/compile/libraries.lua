local own = require "./own"
local words = require "@words/words"
file(own.path("a")) { content = words.loud("hello") .. words.greeting.en }
local first, rest = words.split("a-b")
file "/b" { content = first .. "," .. rest.second }
--- file: libraries/own.lua
local deeper = require "./deeper"
return { path = function(name) return deeper.root .. "/" .. name end }
--- file: libraries/deeper.lua
return { root = "/srv" }
--- file: cookbooks/words/cookbook.toml
name = "words"
version = "1.0.0"
--- file: cookbooks/words/libraries/words.lua
return {
  loud = function(text) return text:upper() end,
  greeting = { en = "!" },
  split = function(text)
    local parts = text:split("-")
    return parts[1], { second = parts[2] }
  end,
}
