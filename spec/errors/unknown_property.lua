file "/srv/blog" {
  mode = "0755",
  onwer = "deploy",
}
