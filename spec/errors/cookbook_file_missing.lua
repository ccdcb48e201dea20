cookbook_file "/etc/motd" {
  source = "mtod",
}
--- file: files/motd
hello
