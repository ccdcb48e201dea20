local users = require "."

local KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbYrgkJTZ7LGLvpyXcnvhbBTcPyG3QC/qnKJbqXUO9L ann@desk"

-- A machine on which bob has an account already.
local WITH_BOB = { etc = { passwd = { bob = { dir = "/home/bob", uid = 1001, gid = 1001, gecos = "", shell = "/bin/bash" } } } }

test "an admin has keys, the group and a rule without a password" {
  recipe = function() users.account "ann" { keys = KEY, admin = true } end,
  expect = function(run)
    contains(run:resource("user[ann]").properties.groups, "sudo")
    equal(run:resource("authorized_key[ann]").properties.exclusive, true)
    equal(run:resource("sudo[account-ann]").properties.nopasswd, true)
  end,
}

test "an admin with a password is asked for it" {
  secrets = { ann = "$6$salt$hash" },
  attributes = { users = { accounts = { ann = { keys = { KEY }, admin = true, password_secret = "ann" } } } },
  expect = function(run)
    equal(run:resource("sudo[account-ann]").properties.nopasswd, false)
    equal(run:resource("user[ann]").properties.password, secret "ann")
  end,
}

test "the group of admins has the platform's name" {
  facts = "rocky-9",
  recipe = function() users.account "ann" { admin = true } end,
  expect = function(run)
    equal(run:resource("user[ann]").properties.groups, { "wheel" })
    run:absent "authorized_key[ann]"
  end,
}

test "somebody who left has no keys, no sudo and no session" {
  facts = WITH_BOB,
  attributes = { users = { removed = { "bob", "never_here" } } },
  expect = function(run)
    run:resource "setting[an admin with a key is left]"
    equal(run:resource("authorized_key[bob]").properties.key, {})
    equal(run:resource("user[bob]").actions, { "modify", "lock" })
    equal(run:resource("sudo[account-bob]").actions, { "delete" })
    run:resource "setting[what runs of bob]"
    run:absent "user[never_here]"
  end,
}

test "with another admin in the list nothing has to be asked first" {
  facts = WITH_BOB,
  attributes = { users = { accounts = { ann = { keys = { KEY }, admin = true } }, removed = { "bob" } } },
  expect = function(run)
    run:absent "setting[an admin with a key is left]"
    local all = run:resources()
    local place = {}
    for at, resource in ipairs(all) do
      place[resource.id] = at
    end
    assert(place["authorized_key[ann]"] < place["user[bob]"])
  end,
}

test "an account whose number somebody else has is not locked" {
  facts = { etc = { passwd = {
    bob = { dir = "/home/bob", uid = 1001, gid = 1001, gecos = "", shell = "/bin/bash" },
    app = { dir = "/srv/app", uid = 1001, gid = 1001, gecos = "", shell = "/bin/bash" },
  } } },
  recipe = function() users.account "bob" { action = "lock" } end,
  expect_error = "has the number of app",
}

test "root is no person" {
  recipe = function() users.account "root" { action = "lock" } end,
  expect_error = "is root",
}

test "a name is one thing or the other" {
  attributes = { users = { accounts = { ann = {} }, removed = { "ann" } } },
  expect_error = "take the name out of one of them",
}
