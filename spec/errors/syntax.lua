file "/a" {
  content = = 1
}
