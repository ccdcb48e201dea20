file "/a" {
  content = 5,
  mode = 0644,
  backup = "x",
}
