local KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbYrgkJTZ7LGLvpyXcnvhbBTcPyG3QC/qnKJbqXUO9L ann@desk"
local DROP_IN = "template[/etc/ssh/sshd_config.d/00-hardening.conf]"

test "passwords are refused, and sshd and an admin's key are checked before the file is in place" {
  expect = function(run)
    local file = run:resource(DROP_IN)
    contains(file.content, "PasswordAuthentication no\n")
    contains(file.content, "PermitRootLogin prohibit-password\n")
    equal(#file.properties.verify, 2)
    contains(file.notifies, { "reload", "service[ssh]", "delayed" })
    run:resource "setting[an admin can log in with a key]"
  end,
}

test "an admin whose key comes in this run is asked for when it is there" {
  attributes = { users = { accounts = { ann = { keys = { KEY }, admin = true } } } },
  expect = function(run)
    run:absent "setting[an admin can log in with a key]"
    equal(#run:resource(DROP_IN).properties.verify, 2)
  end,
}

test "an admin outside of the groups does not count" {
  attributes = {
    users = { accounts = { ann = { keys = { KEY }, admin = true } } },
    ssh_hardening = { allow_groups = { "ssh-users" } },
  },
  expect = function(run)
    contains(run:resource(DROP_IN).content, "AllowGroups ssh-users\n")
    run:resource "setting[an admin can log in with a key]"
  end,
}

test "with passwords nobody has to have a key" {
  attributes = { ssh_hardening = { password_authentication = true, port = 2222 } },
  expect = function(run)
    local file = run:resource(DROP_IN)
    contains(file.content, "PasswordAuthentication yes\n")
    contains(file.content, "Port 2222\n")
    equal(#file.properties.verify, 1)
    run:absent "setting[an admin can log in with a key]"
  end,
}

test "a setting of one's own takes the place of the cookbook's" {
  attributes = { ssh_hardening = { settings = { x11forwarding = "yes", MaxAuthTries = "3" } } },
  expect = function(run)
    local content = run:resource(DROP_IN).content
    contains(content, "x11forwarding yes\n")
    contains(content, "MaxAuthTries 3\n")
    assert(not content:find("X11Forwarding", 1, true))
  end,
}

test "blocks of Match are refused" {
  attributes = { ssh_hardening = { settings = { Match = "User ann" } } },
  expect_error = "a file of their own",
}

test "an older server has its settings in sshd_config itself" {
  facts = { "rocky-9", platform_version = "8.10" },
  expect = function(run)
    equal(run:resource("edit[/etc/ssh/sshd_config]").properties.values.ChallengeResponseAuthentication, "no")
    run:absent(DROP_IN)
  end,
}
