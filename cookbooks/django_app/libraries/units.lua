-- The units of systemd that the site has, and those that it had.

local places = require "./site"

-- Every unit of the site says in its description whose it is. So one that an attribute made is found when the attribute
-- does not ask for it any more.
local FOUND = [[
name=$1 wanted=" $2 "
cd /etc/systemd/system || exit
set --
for unit in $(grep -lsEx "Description=(.* )?Django site $name" -- "$name"-*); do
  case $wanted in *" $unit "*) ;; *) set -- "$@" "$unit" ;; esac
done
]]
local REMOVED = [[
[ $# -gt 0 ] || exit 0
systemctl disable -- "$@" || exit
running=
for unit; do
  # Of a template what was made of it runs.
  case $unit in *@.*) running="$running ${unit%.*}*.${unit##*.}" ;; *) running="$running $unit" ;; esac
done
set -f
systemctl stop -- $running || exit
for unit; do rm -rf -- "$unit" "$unit.d" "/run/${unit%.socket}.sock"; done
systemctl daemon-reload
systemctl reset-failed -- $running 2>/dev/null || true
]]

-- The names of all that the attributes ask for.
local function wanted(node)
  local site, app = places.of(node), node.django_app
  local found = if site.is_blue_green then { "web@.service", "web@.socket" } else { "web.service", "web.socket" }
  if app.celery.worker then table.insert(found, "worker.service") end
  if app.celery.beat and app.primary then table.insert(found, "beat.service") end
  local timers = {}
  if app.primary then
    if app.clear_sessions then table.insert(timers, "clearsessions") end
    if app.backup.schedule ~= "" then table.insert(timers, "nightly-backup") end
    for _, each in ipairs(app.timers) do table.insert(timers, each.name) end
  end
  for _, each in ipairs(timers) do
    table.insert(found, each .. ".timer")
    table.insert(found, each .. ".service")
  end
  for at, each in ipairs(found) do found[at] = `{site.name}-{each}` end
  return found
end

return {
  wanted = wanted,

  -- Commands that print the units of the site but for some, and that remove them.
  found = function(node, but) return { "sh", "-c", FOUND .. 'echo "$*"', "found", node.django_app.name, table.concat(but, " ") } end,
  remove = function(node, but) return { "sh", "-c", FOUND .. REMOVED, "remove", node.django_app.name, table.concat(but, " ") } end,
}
