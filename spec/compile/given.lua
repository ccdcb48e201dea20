-- Whether there is a deferred value at all can be asked; one can be chosen, kept, and handed on.
local given, missing = secret "x", nil
print(given == nil, given ~= nil, nil == missing, missing ~= nil, type(given))
local chosen = if given ~= nil then given else "nothing"
file "/a" { content = chosen }
file "/b" { content = missing or contents "/etc/hostname" }
file "/c" { content = node.hostname == "web1" and output { "id" } }
local list = { given, contents "/x" }
list[#list + 1] = given
for at, value in list do file(`/list/{at}`) { content = value } end
local ok, problem = pcall(function() return given == "x" end)
print(ok, type(problem))
local web = file "/d"
print(web == web, web and "there", not web)
