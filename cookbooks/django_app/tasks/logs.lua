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
    local lines = tostring(self.lines)
    if site.journal then
      local words = { "journalctl", "--no-pager", "--unit", `{site.name}-*`, "--lines", lines }
      if self.follow then table.insert(words, "--follow") end
      execute "log" { command = words }
      return
    end
    local files = if site.logs
      then { `{site.logs}/web.log`, `{site.logs}/worker.log`, `{site.logs}/beat.log` }
      else { site.log }
    -- Only those that are there.
    local tail = [[follow=$1 lines=$2; shift 2; for file; do shift; [ ! -e "$file" ] || set -- "$@" "$file"; done; exec tail $follow -n "$lines" "$@"]]
    execute "log" { command = { "sh", "-c", tail, "tail", if self.follow then "-F" else "-q", lines, unpack(files) } }
  end,
}
