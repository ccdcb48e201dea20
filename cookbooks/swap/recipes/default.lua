-- A swap file by the size of the memory. A container has no swap of its own: it is up to the machine around it.

local own = node.swap

local is_container = false
for _, system in ipairs { "docker", "podman", "lxc" } do
  is_container = is_container or node:get({ "virtualization", "systems", system }) == "guest"
end
-- systemd knows all kinds of containers.
local detected = if node.init_package == "systemd" then { "systemd-detect-virt", "--container", "--quiet" } else nil
local guard = if is_container then true else detected

if own.size:match "^0+[MG]?$" then
  swap_file(own.path) { action = "remove", not_if = guard }
else
  swap_file(own.path) { size = own.size, not_if = guard }
end

sysctl "vm.swappiness" { value = tostring(own.swappiness), not_if = guard }
