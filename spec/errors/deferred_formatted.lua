file "/a" { content = string.format("%5s", contents "/x") }
--- run: main method upper compared key
--- file: recipes/method.lua
file "/a" { content = ("x" .. contents "/x"):upper() }
--- file: recipes/upper.lua
file "/a" { content = string.upper(contents "/x") }
--- file: recipes/compared.lua
local x = contents "/x"
if `a{x}` == "ab" then file "/a" end
--- file: recipes/key.lua
local x, t = contents "/x", {}
t["a" .. x] = 1
