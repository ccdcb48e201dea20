-- The log of everything that the site runs.
local layout = require "./site"

return task {
  doc = "Shows the log of the site.",
  arguments = {
    lines = argument.integer { default = 100, min = 1, doc = "Number of lines." },
    follow = argument.boolean { default = false, doc = "Whether to go on with what is written from now on." },
  },
  run = function(self)
    local site = layout.of(node)
    local words = if site.systemd
      then { "journalctl", "--no-pager", "--unit", `{site.name}-*`, "--lines", tostring(self.lines) }
      else { "tail", "-n", tostring(self.lines) }
    if self.follow then table.insert(words, if site.systemd then "--follow" else "-F") end
    if not site.systemd then table.insert(words, site.log) end
    execute "log" { command = words }
  end,
}
