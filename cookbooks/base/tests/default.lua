test "Debian's lists of packages are not older than a day" {
  expect = function(run)
    local lists = run:resource "apt_update[the lists of packages]"
    equal(lists.properties.frequency, 86400)
    equal(lists.only_if, { true })
  end,
}

test "no list of packages is read apart from an upgrade on Arch" {
  facts = "arch",
  expect = function(run)
    equal(run:resource("apt_update[the lists of packages]").only_if, { false })
    equal(run:resource("package_lists[the lists of other package managers]").only_if, { false })
  end,
}

test "the packages are those of the attribute" {
  attributes = { base = { packages = { "ca-certificates", "htop" } } },
  expect = function(run) equal(#run:resources "package", 1) end,
}
