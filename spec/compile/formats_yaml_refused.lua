-- What has no meaning in plain data is refused with its place, and a small text can't stand for a large one.
local function refused(work, ...)
  local ok, why = pcall(work, ...)
  print(ok, if ok then "accepted" else string.match(tostring(why), "[^\n]*"))
end
refused(yaml.decode, "a: 1\nb: [1, 2\n")
refused(yaml.decode, "a: 1\n---\nb: 2\n")
refused(yaml.decode, "a: !vault x")
refused(yaml.decode, "a: !!int x")
refused(yaml.decode, "- !!set { a }")
refused(yaml.decode, "a: 1\na: 2\n")
refused(yaml.decode, "? [a]\n: 1\n")
refused(yaml.decode, "a: &a [*a]")
refused(yaml.decode, "a: *b")
refused(yaml.decode, "<<: 5")
refused(yaml.decode, "a: .inf")
refused(yaml.decode, "a: 99999999999999999999")
refused(yaml.decode, "a: 9007199254740993")
refused(yaml.decode, "- a\n- ~\n")
refused(yaml.decode, "\ta: 1")
refused(yaml.decode, "a: \255")
refused(yaml.decode, string.rep("[", 300))
refused(yaml.decode, 5)
refused(yaml.encode, {}, { pretty = true })
refused(yaml.encode, print)
-- Ten lines that stand for 10^9 items.
local bomb = { "a0: &a0 [x, x, x, x, x, x, x, x, x, x]" }
for level = 1, 9 do
  local items = string.rep(`*a{level - 1}, `, 10)
  table.insert(bomb, `a{level}: &a{level} [{items}]`)
end
refused(yaml.decode, table.concat(bomb, "\n"))
