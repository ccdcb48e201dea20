-- Timeouts that somebody declared, the version that is removed, and a message.
package "nginx" { timeout = 900 }
package "old" { action = "remove", version = "1.*" }
service "nginx" { action = "start", timeout = 120 }
remote_file "/srv/data" {
  source = "https://example.org/data",
  checksum = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
  timeout = 60,
}
git "/srv/src" { repository = "https://example.org/src.git", timeout = 600 }
execute "build" { command = "make", cwd = "/srv/src", creates = "/srv/src/made", timeout = 300 }
message "the page takes a minute"
