file "/etc/motd" { content = "hello\n", tags = { "web", "config", "web" } }
package "git" { tags = "base" }
