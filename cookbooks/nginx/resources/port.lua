-- Fails before anything is changed where another program already listens on nginx's port. It reads /proc alone: `ss` is
-- not on every machine.

local guard = [[
# nginx's first process holds all of its sockets.
{ read -r pid </run/nginx.pid; held=$(ls -l "/proc/$pid/fd"); } 2>/dev/null
for inode in $(LISTENERS); do
    case $held in *"socket:[$inode]"*) ;; *) exit 0 ;; esac
done 2>/dev/null
exit 1
]]

local report = [[
holders=$(
    for inode in $(LISTENERS); do
        find /proc/[0-9]*/fd -lname "socket:?$inode?" 2>/dev/null
    done | cut -d/ -f3 | sort -u | while read -r pid; do
        echo "$(cat "/proc/$pid/comm") (process $pid)"
    done
)
echo "port PORT is taken by ${holders:-a program that can not be seen from here}"
exit 1
]]

local listeners = [[awk '$4 == "0A" && $2 ~ /:HEX$/ { print $10 }' /proc/net/tcp /proc/net/tcp6]]

local function filled(script, port)
  local sockets = listeners:gsub("HEX", string.format("%04X", port))
  return (script:gsub("%u%u%u%u+", { LISTENERS = sockets, PORT = tostring(port) }))
end

return resource {
  doc = "The assertion that a port is free, or nginx's own.",

  properties = {
    port = property.integer { required = true, doc = "Number of the port." },
  },

  actions = {
    check = function(self)
      execute(`free port {self.port} for nginx`) {
        command = filled(report, self.port),
        only_if = filled(guard, self.port),
      }
    end,
  },
}
