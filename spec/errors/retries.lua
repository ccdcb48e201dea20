file "/a" { retries = -1 }
file "/b" { retries = "x" }
file "/c" { why = 5, sensitive = "yes" }
