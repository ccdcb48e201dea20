user "one" { password = "hunter22", sensitive = true }
user "two" {
  comment = "shown",
  password = "hunter22",
  sensitive = true,
}
file "/a" { content = "hunter22", mode = "rw", sensitive = true }
file "/b" { content = "shown", mode = "rw" }
