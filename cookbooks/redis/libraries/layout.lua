-- Where the files are: beside the distribution's own configuration.

local config = node.names.redis.config
local stem = config:gsub("%.conf$", "")

-- Redis 6.0 knows no permissions of channels.
local has_channels = value_for_platform { ["debian 11"] = false, ["ubuntu 22.04"] = false, default = true }

return {
  program = "/usr/local/sbin/redis-setting",
  config = config,
  drop_in = `{stem}-chefrs.conf`,
  users = `{stem}-chefrs.acl`,
  -- The password of the user `root`, whom only this machine's root knows.
  key = "/etc/redis-setting.key",
  has_channels = has_channels,
  -- The rules of a user who may do everything.
  everything = if has_channels then "~* &* +@all" else "~* +@all",

  -- The command that prints the hash of a password as Redis keeps it.
  hash = function(password) return { command = { "/usr/local/sbin/redis-setting", "hash" }, input = password } end,
}
