local KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbYrgkJTZ7LGLvpyXcnvhbBTcPyG3QC/qnKJbqXUO9L ann@desk"

for _, facts in ipairs { "debian-12", "ubuntu-24.04", "rocky-9", "fedora-42" } do
  test(`people come before the firewall, and that before sshd moves, on {facts}`) {
    facts = facts,
    attributes = {
      users = { accounts = { ann = { keys = { KEY }, admin = true } } },
      ssh_hardening = { port = 2222 },
      base_server = { locale = "de_AT.UTF-8" },
    },
    expect = function(run)
      local place = {}
      for at, resource in ipairs(run:resources()) do
        place[resource.id] = place[resource.id] or at
      end
      assert(place["authorized_key[ann]"] < place["firewall_access[ssh]"])
      assert(place["firewall_access[ssh]"] < place["template[/etc/ssh/sshd_config.d/00-hardening.conf]"])
      run:resource "locale[de_AT.UTF-8]"
      run:resource "service[fail2ban]"
    end,
  }
end

test "what is switched off is not there" {
  facts = "arch",
  attributes = { base_server = { unattended_upgrades = false, firewall = false } },
  expect = function(run)
    run:absent "firewall_access[ssh]"
    run:resource "setting[an admin can log in with a key]"
  end,
}
