test "Debian has timesyncd, and keeps its zone and its servers" {
  expect = function(run)
    equal(run:resource("service[systemd-timesyncd]").actions, { "enable", "start" })
    equal(run:resource("file[/etc/systemd/timesyncd.conf.d/servers.conf]").actions, { "delete" })
    equal(#run:resources "timezone", 0)
  end,
}

test "servers of one's own" {
  attributes = { time = { servers = { "ntp1.example.org", "2001:db8::7" }, zone = "Europe/Vienna" } },
  expect = function(run)
    local file = run:resource("template[/etc/systemd/timesyncd.conf.d/servers.conf]")
    contains(file.content, "NTP=ntp1.example.org 2001:db8::7\n")
    contains(file.notifies, { "restart", "service[systemd-timesyncd]", "delayed" })
    run:resource "timezone[Europe/Vienna]"
  end,
}

for facts, config in { ["debian-12"] = "/etc/chrony/chrony.conf", ["rocky-9"] = "/etc/chrony.conf" } do
  test(`chrony on {facts}`) {
    facts = facts,
    attributes = { time = { service = "chrony", servers = { "ntp1.example.org" } } },
    expect = function(run) contains(run:resource(`template[{config}]`).content, "server ntp1.example.org iburst\n") end,
  }
end

test "a server is one word" {
  attributes = { time = { servers = { "a\nb" } } },
  expect_error = "time.servers",
}
