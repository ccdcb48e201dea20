file "/bool" { only_if = node.platform == "debian" }
file "/shell" { not_if = "test -e /x && true" }
file "/argv" { only_if = { "test", "-e", "/x", 1 } }
file "/full" {
  not_if = {
    command = { "id", "deploy" }, user = "deploy", group = "www", cwd = "/srv",
    environment = { A = "1", B = 2 }, timeout = 5, umask = "0027",
  },
}
file "/exists" { only_if = exists "/etc/debian_version" }
file "/several" { only_if = { exists "/a", { "test", "-d", "/b" }, "true", { command = "false" } }, not_if = { false } }
file "/later" {
  only_if = { command = { "test", output { "hostname" }, "=", contents "/etc/name" }, input = secret "pin" },
  not_if = { { command = "check", environment = { TOKEN = secret "token" } }, exists "/a" },
}
