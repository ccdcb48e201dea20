local text = [[
{
  "port": 80
  "host": "a"
}
]]
file "/a" { content = json.decode(text).host }
