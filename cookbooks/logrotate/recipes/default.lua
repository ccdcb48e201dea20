-- logrotate, and what starts it each day: a timer, or cron where the package has no timer.

package "logrotate"

local first = value_for_platform { debian = 10, rhel = 9, amazon = 2022, alpine = 1000, gentoo = 1000, default = 0 }
if node.init_package == "systemd" and (tonumber(node.platform_version:match "^%d+") or 1000) >= first then
  service "logrotate.timer" { action = { "enable", "start" } }
end
