execute "a" { command = "true", notifies = { "run", "execute[b]", "immediately" } }
execute "b" { command = "true", action = "nothing", notifies = { "run", "execute[a]", "before" } }

execute "self" { command = "true", notifies = { "run", "execute[self]", "immediately" } }
execute "again" { command = "true", notifies = { "run", "execute[again]" } }

-- Delayed ones run once, at the end.
execute "c" { command = "true", notifies = { "run", "execute[d]" } }
execute "d" { command = "true", notifies = { "run", "execute[c]" } }
