-- What SELinux has to know of the site: nginx reads its files, and connects to its socket, which belongs to systemd. It is a
-- module of the policy, and nothing where SELinux is not enforced.

local POLICY = [[
(allow httpd_t var_run_t (sock_file (write)))
(allow httpd_t unconfined_service_t (unix_stream_socket (connectto)))
(filecon "BASE(/.*)?" any (system_u object_r httpd_sys_content_t ((s0) (s0))))
(filecon "BASE/shared/(data|backups)(/.*)?" any (system_u object_r var_t ((s0) (s0))))]]

local GET = [[
semodule -l | grep -qx "$1" || exit 0
cd "$(mktemp -d)" && trap 'rm -r "$PWD"' EXIT && semodule -c -E "$1" >/dev/null && cat "$1.cil"]]
local SET = [[
cd "$(mktemp -d)" && trap 'rm -r "$PWD"' EXIT && cat >"$1.cil" && semodule -i "$1.cil"]]

local function module(site) return `chefrs_django_{site.name}` end

return {
  is_enforced = { "grep", "-qs", "1", "/sys/fs/selinux/enforce" },
  name = function(site) return `SELinux policy of {site.name}` end,
  policy = function(site) return (POLICY:gsub("BASE", site.base)) end,
  get = function(site) return { "sh", "-c", GET, "get", module(site) } end,
  set = function(site) return { "sh", "-c", SET, "set", module(site) } end,
  unset = function(site) return { "semodule", "-r", module(site) } end,
}
