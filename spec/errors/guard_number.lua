file "/a" {
  only_if = 5 }
