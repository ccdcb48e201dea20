file "/a"
file "/b" { content = "b\n", mode = "0644" }
file("/c", { content = "c\n" })
local d = file "/d"
d { content = "d\n" }
d { owner = "root" }
package { "git", "curl" }
package({ "vim" }) { action = "remove" }
service "nginx" { action = { "enable", "start" }, why = "serves the blog", retries = 3, retry_delay = 5, ignore_failure = true, sensitive = true }
print(tostring(d), "is a resource")
