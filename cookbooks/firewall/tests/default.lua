local firewall = require "."

local RULES = {
  web = { ports = { 80, 443 } },
  database = { ports = { 5432 }, sources = { "10.0.0.0/8", "fd00::/8" } },
}

test "SSH comes first, and what no rule lets in is denied last" {
  attributes = { firewall = { rules = RULES } },
  expect = function(run)
    local rules = run:resources "firewall_rule"
    equal(rules[1].name, "ssh")
    equal(rules[1].properties.port, { 22 })
    equal(rules[#rules].properties.policy, "deny")
    equal(rules[#rules].properties.order, 999)
    equal(run:resource("firewall_rule[database 10.0.0.0-8]").properties.source, "10.0.0.0/8")
    run:resource "firewall_rule[database fd00---8]"
  end,
}

test "SSH can be reached where it is, and where it will be" {
  attributes = { ssh_hardening = { port = 2222 } },
  expect = function(run) equal(run:resource("firewall_rule[ssh]").properties.port, { 2222, 22 }) end,
}

test "ufw is enabled after its rules" {
  facts = "ubuntu-24.04",
  attributes = { firewall = { rules = RULES, removed = { "old" } } },
  expect = function(run)
    local all = run:resources()
    equal(all[#all].id, "setting[whether ufw is enabled]")
    equal(run:resource("firewall_rule[old]").actions, { "remove" })
    equal(run:resource("firewall_rule[web]").properties.firewall, "ufw")
  end,
}

test "firewalld gets a rule for each port and source, and SSH before it starts" {
  facts = "rocky-9",
  attributes = { firewall = { rules = RULES } },
  expect = function(run)
    run:resource 'setting[web: rule port port="443" protocol="tcp" accept]'
    run:resource 'setting[database: rule family="ipv6" source address="fd00::/8" port port="5432" protocol="tcp" accept]'
    local place = {}
    for at, resource in ipairs(run:resources()) do
      place[resource.id] = at
    end
    assert(place['setting[ssh: rule port port="22" protocol="tcp" accept]'] < place["service[firewalld]"])
  end,
}

test "a rule about everything is refused" {
  recipe = function() firewall.access "all" {} end,
  expect_error = "neither ports nor sources",
}

test "what is no port and no network is refused" {
  recipe = function() firewall.access "web" { ports = { "http" } } end,
  expect_error = "is no port",
}

test "a quote does not get into a rule" {
  facts = "rocky-9",
  recipe = function() firewall.access "web" { ports = { 80 }, sources = { '1"2' } } end,
  expect_error = "is no address or network",
}
