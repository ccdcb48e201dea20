-- What is written reads as the same data in every version of YAML, and what people write is read.
local compose = yaml.decode [==[
# comments are no data
x-common: &common
  restart: always
  environment: { TZ: UTC, DEBUG: no }
services:
  web:
    <<: *common
    image: "nginx:1.26"
    ports: ["80:80", 443]
    command: |
      exec nginx \
        -g 'daemon off;'
  db:
    <<: [*common, { restart: never, user: postgres }]
    user: root
    shm: 0x1f
    mode: 0o17
    ratio: -1.5e1
    note: >-
      folded
      into one line
    none: ~
? plain key
: !!str 12
8080: on
'<<': quoted
]==]
print(compose.services.web.restart, compose.services.web.environment.DEBUG, compose.services.db.restart,
  compose.services.db.user, compose.services.db.shm, compose.services.db.mode, compose.services.db.ratio,
  compose.services.db.none == nil, compose["plain key"], compose["8080"], compose["<<"])
file "/compose.yaml" { content = yaml.encode(compose) }
file "/all.yaml" {
  content = yaml.encode {
    empty = { list = yaml.decode "[]", map = {} },
    lists = { { "a", { "b", "c" } }, { x = 1, y = { z = true } }, "last" },
    text = { "yes", "1", "1.0", "null", "a: b", "# c", "- d", "", " e ", "two words", "f\tg", "2001-01-01", "0x1f", "~" },
    lines = { keep = "a\n\n", clip = "a\nb\n", strip = "a\n\n  b", early = "\na\nb", indented = "  a\nb", cr = "a\r\nb" },
    ["key: odd"] = "x", ["true"] = 1, [""] = 2,
  },
}
file "/one.yaml" { content = yaml.encode "two\nlines\n" }
file "/number.yaml" { content = yaml.encode(1.5) }
file "/node.yaml" { content = yaml.encode(node.app) }
print(yaml.decode "" == nil, yaml.decode "--- x\n...\n", yaml.decode "- &a [1, 2]\n- *a\n"[2][2], yaml.decode "'it''s'")
print(yaml.decode "a: &x text\nb: *x\n*x : c\n".text)
-- Whatever is written is read back, as a value and as a key, alone and nested.
local odd = { "", " ", "plain", "two words", "yes", "No", "on", "null", "~", "1", "1.0", "0x1f", "0o7", "1e3", "1_000",
  "12:30:45", "2026-01-01", "- x", "a: b", "# c", "a #b", "it's", "\"q\"", "back\\slash", "two\nlines", "tab\t", "ü\u{2028}",
  "{x}", "[x]", "&a", "*a", "!t", "%d", "@x", "`x`", "|", ">", "?", "-", ":", ",", "<<", "=", ".", "...", "---", "\n", "\n\n",
  "a\n", "a\n\n", "a\n b\n", " a\nb", "a\n\nb\n\n\n", "a \nb", "a\n  \nb", "\ta\nb", "a\rb", "a\r\nb\n", "a\0b\n",
  "---\na\n", "# a\n# b\n", string.rep("k", 1100), string.rep("line\n", 40) }
local values = { 0, -1, 1.5, 2 ^ 53, 2 ^ -1074, true, false, yaml.decode "[]", yaml.decode "{}" }
local same = true
local function check(value)
  local text = yaml.encode(value)
  if json.encode(yaml.decode(text)) ~= json.encode(value) then
    same = false
    print("not the same", json.encode(value), text)
  end
end
for index, text in ipairs(odd) do
  check(text)
  check { [text] = text }
  check { { { [text] = { text, { text }, { a = { text } } } } } }
  check { [text] = { b = { [text] = values[index % #values + 1], [text .. "x"] = { text } } } }
end
check(odd)
check(values)
check { a = odd, b = { c = odd, d = values } }
print(same)
--- file: chefrs.toml
[attributes.app]
users = ["ada", "bob"]
port = 80
