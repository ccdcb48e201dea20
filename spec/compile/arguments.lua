-- Argument lists that are written as if a shell read them draw a warning; what a program may want does not.
execute "pipe" { command = { "ps", "ax", "|", "wc", "-l" } }
execute "into a file" { command = { "/bin/echo", "x", ">>", "/tmp/log" } }
execute "both" { command = { "make", "&&", "make", "install" } }
execute "home" { command = { "ls", "~/src" }, user = "ada" }
execute "variable" { command = { "touch", "${HOME}/x" } }
execute "pattern" { command = { "rm", "-f", "/tmp/*.log" } }
execute "as root" { command = { "sudo", "-u", "ada", "id" } }
file "/guarded" { content = "x", only_if = { "grep", "-q", "x", "/etc/x" }, not_if = { "cat", "/etc/x*" } }
file "/later" { content = output { "date", ";", "true" } }

-- Right as they are.
execute "a shell" { command = { "sh", "-c", "ps ax | wc -l", "|", ">" } }
execute "a string" { command = "ps ax | wc -l >~/x && rm /tmp/*.log" }
execute "separator" { command = { "paste", "-d", "|", "a", "b" } }
execute "cut" { command = { "cut", "-d|", "-f", "1" } }
execute "find" { command = { "find", "/tmp", "-name", "*.log", "-exec", "rm", "{}", ";" } }
execute "computes" { command = { "expr", "1", "<", "2" } }
execute "compares" { command = { "test", "a", ">", "b" } }
execute "awk" { command = { "awk", "$1 > 2 { print $HOME }", "/etc/x" } }
execute "searches" { command = { "grep", "|", "/etc/*" } }
execute "its own" { command = { "psql", "--command", "select * from x; select 1 > 2" } }
execute "elsewhere" { command = { "ssh", "web1", "ls", "~/x", "|", "wc" } }
execute "quotes" { command = { "/opt/My App/run", "a=b", "$1", "a|b" } }
