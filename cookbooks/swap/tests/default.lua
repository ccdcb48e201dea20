for memory, size in { ["200000kB"] = "512M", ["2014580kB"] = "2048M", ["8000000kB"] = "4096M" } do
  test(`swap for {memory} of memory`) {
    facts = { memory = { total = memory } },
    expect = function(run)
      equal(run:resource("swap_file[/swapfile]").properties.size, size)
      equal(run:resource("sysctl[vm.swappiness]").properties.value, "10")
    end,
  }
end

test "no swap" {
  attributes = { swap = { size = "0" } },
  expect = function(run) equal(run:resource("swap_file[/swapfile]").actions, { "remove" }) end,
}

test "a container is left alone" {
  facts = { virtualization = { system = "docker", role = "guest", systems = { docker = "guest" } } },
  expect = function(run)
    equal(run:resource("swap_file[/swapfile]").not_if, { true })
    equal(run:resource("sysctl[vm.swappiness]").not_if, { true })
  end,
}

test "systemd is asked for other containers" {
  expect = function(run)
    equal(run:resource("swap_file[/swapfile]").not_if, { { "systemd-detect-virt", "--container", "--quiet" } })
  end,
}
