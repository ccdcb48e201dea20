-- How the custom resources ask and change the server: one program, run as the server's own user.

local PROGRAM = "/usr/local/sbin/postgresql-setting"

return {
  -- The properties of a `setting`: the commands for the thing with these words, and what else is given.
  of = function(words, properties)
    local all = {
      get = { PROGRAM, "get", table.unpack(words) },
      set = { PROGRAM, "set", table.unpack(words) },
      unset = { PROGRAM, "unset", table.unpack(words) },
      user = node.names.postgresql.user,
      cwd = "/",
    }
    for name, value in pairs(properties) do
      all[name] = value
    end
    all.environment = all.environment or {}
    all.environment.PGPORT = tostring(node.postgresql.port)
    return all
  end,
}
