-- What is written is the same on every run: keys are sorted, and an empty list stays one.
local app = json.decode '{"port": 8080, "hosts": [], "tls": {"on": true, "$id": "x"}, "none": null, "ratio": 0.5, "e": 1e3}'
app.name = "blog"
print(app.port + 1, #app.hosts, app.tls.on, app.none == nil, app.tls["$id"], app.e)
file "/app.json" { content = json.encode(app) }
file "/pretty.json" { content = json.encode(app, { pretty = true }) .. "\n" }
file "/order.json" { content = json.encode { z = 1, a = { 3, 2, 1 }, m = { {}, { b = false } } } }
file "/plain.json" { content = `{json.encode("a\n\"b\"")} {json.encode(nil)} {json.encode(-1.5)} {json.encode(9007199254740992)} {json.encode(2^-1074)}` }
table.insert(app.hosts, "web1")
file "/hosts.json" { content = json.encode(app.hosts) }

local settings = toml.decode [==[
title = "blog"
since = 2001-02-03
ports = [80, 0x1bb]
[limits]
cpu = 1.5
nodes = []
[[mirror]]
url = "https://a.example"
]==]
print(settings.title, settings.since, settings.ports[2], settings.limits.cpu, settings.mirror[1].url)
file "/app.toml" { content = toml.encode(settings) }
file "/pretty.toml" { content = toml.encode(settings, { pretty = true }) }
file "/mixed.toml" { content = toml.encode { z = 1, a = { b = 2, c = { d = 3 } }, list = { { x = 1 }, { x = 2 } }, mixed = { 1, "a", { y = 1 } } } }

print(base64.encode "user:password", base64.decode "dXNlcjpwYXNzd29yZA==", base64.decode "dXNl\ncjpw\nYXNzd29yZA")
print(#base64.decode "/w==", base64.encode(base64.decode "/w=="), base64.encode "")
print(sha256 "", sha256 "abc")
-- Tables of data that a recipe may not change are written, too.
file "/node.json" { content = json.encode(node.app) }
-- An error can be caught, like one of the language.
print((pcall(json.decode, "{")))
print((pcall(json.encode, print)))
--- file: chefrs.toml
[attributes.app]
users = ["ada", "bob"]
port = 80
