for _, web in ipairs(nodes "@web,!web3") do
  file(`/peers/{web.name}`) { content = `{web.host} {web:get("app.port", 80)} {table.concat(web.groups, " ")}` }
end
file "/own" { content = `{node.name} {#node.groups} {#nodes "@empty"} {#nodes "*"} {#nodes "@web&@eu"}` }
--- file: groups/empty.toml
--- file: groups/eu.toml
nodes = ["web2", "db*"]
--- file: groups/web.toml
nodes = ["web*"]
[attributes.app]
port = 8000
--- file: nodes/web1.toml
host = "192.0.2.1"
user = "deploy"
port = 2222
[attributes.app]
port = 8001
--- file: nodes/web2.toml
--- file: nodes/web3.toml
--- file: nodes/db1.toml
address = "chroot:/srv/db1"
