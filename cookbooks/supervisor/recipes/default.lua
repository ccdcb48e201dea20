-- Supervisor, running, and the program that the custom resources ask it with.

local layout = require "./layout"

package(node.names.supervisor.packages)

cookbook_file(layout.program) {
  source = "supervisor-setting",
  mode = "0755",
  diff = false,
  why = "the custom resources ask supervisor with it, and have it read what changed",
}

directory(layout.scripts) { mode = "0755" }

service(node.names.supervisor.service) { action = { "enable", "start" } }
