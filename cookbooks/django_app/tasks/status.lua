-- One look at the site: its programs, its releases, and whether its pages come.
local layout = require "./site"

return task {
  doc = "Shows whether the site's programs run and its pages come, and its releases.",
  run = function()
    local site = layout.of(node)
    execute "programs" {
      command = if site.systemd
        then { "systemctl", "list-units", "--no-pager", "--no-legend", "--plain", "--all", `{site.name}-*` }
        else { "supervisorctl", "status" },
      -- supervisorctl ends so if a program does not run. The pages decide.
      returns = if site.systemd then 0 else { 0, 3 },
    }
    execute "releases" { command = { `/usr/local/bin/{site.name}-releases` } }
    execute "pages" { command = site.step("is-answered") }
  end,
}
