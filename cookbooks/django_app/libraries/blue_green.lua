-- The two servers of restart_mode "blue_green", instances of one template: NAME-web@blue, NAME-web@green.

local server = require "./server"
local places = require "./site"

-- What systemd has to know of each, and a digest of how it is started: `run` is the command that runs the site's programs.
return function(node, run)
  local site = places.of(node)
  local section = server.unit(node, "web")
  section.ReadWritePaths = { `{site.base}/shared`, `-/run/{site.unit}-%i.sock` }
  local configuration = server.configuration(section, run)
  section.Environment = { `SITE_CONFIGURATION={configuration}`, `RELEASE={site.servers}/%i` }
  return section, configuration
end
