test "no compiler is installed unless it is wanted" {
  expect = function(run)
    equal(#run:resources "package", 1)
  end,
}

test "headers come with a compiler" {
  attributes = { python = { headers = true } },
  expect = function(run)
    equal(#run:resources "package", 2)
  end,
}
