-- Notifications of all timings, retries, and a failure that is ignored.
local stop = execute "stop it" { command = "app stop", action = "nothing" }
local warn = execute "warn" { command = "logger failed", action = "nothing" }
local mend = execute "mend" { command = "app mend", action = "nothing" }

file "/etc/app" {
  content = "new\n",
  notifies = { { "run", stop, "before" }, { "run", mend, "immediately" } },
}

execute "fetch" {
  command = "app fetch",
  retries = 3,
  retry_delay = 5,
  on_failure = { "run", warn },
}

execute "try" { command = "app try", ignore_failure = true }
