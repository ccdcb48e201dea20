file "/a" { x1 = 1 }
service "b" { action = "strat" }
file "/c" { mode = "9" }
file "/d" { notifies = { "reload", "service[none]" } }
