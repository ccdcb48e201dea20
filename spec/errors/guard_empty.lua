file "/a" { not_if = {} }
