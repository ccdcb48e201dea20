file "/a" { not_if = exists "x" }
