local CONF = "template[/etc/apt/apt.conf.d/52unattended-upgrades-local]"

test "only updates for security, and no restart" {
  expect = function(run)
    local content = run:resource(CONF).content
    contains(content, '\t"origin=Debian,codename=${distro_codename}-security,label=Debian-Security";\n};\n')
    contains(content, 'Automatic-Reboot "false";\n')
    assert(not content:find("MailReport", 1, true))
    equal(run:resource("service[apt-daily-upgrade.timer]").actions, { "enable", "start" })
  end,
}

test "all updates of Ubuntu but those of one package, and a mail" {
  facts = "ubuntu-24.04",
  attributes = {
    unattended_upgrades = { updates = "all", exclude = { "^linux-" }, mail = "ops@example.org", reboot = true, reboot_time = "05:30" },
  },
  expect = function(run)
    local content = run:resource(CONF).content
    contains(content, '\t"origin=Ubuntu,archive=${distro_codename}-security";\n')
    contains(content, '\t"origin=Ubuntu,archive=${distro_codename}-updates";\n')
    contains(content, 'Package-Blacklist {\n\t"^linux-";\n};\n')
    contains(content, 'Automatic-Reboot-Time "05:30";\n')
    contains(content, 'Mail "ops@example.org";\n')
  end,
}

test "a quote does not end a value" {
  attributes = { unattended_upgrades = { exclude = { 'a"; Acquire' } } },
  expect_error = "can't have a quote",
}

for facts, timer in { ["rocky-9"] = "dnf-automatic.timer", ["fedora-42"] = "dnf5-automatic.timer" } do
  test(`dnf on {facts}`) {
    facts = facts,
    attributes = { unattended_upgrades = { exclude = { "kernel*" } } },
    expect = function(run)
      local values = run:resource("edit[/etc/dnf/automatic.conf]").properties.values
      equal(values.commands.upgrade_type, "security")
      equal(values.base.excludepkgs, "kernel*")
      equal(run:resource(`service[{timer}]`).actions, { "enable", "start" })
    end,
  }
end

test "a platform without it is told" {
  facts = "arch",
  expect_error = "not on arch",
}
