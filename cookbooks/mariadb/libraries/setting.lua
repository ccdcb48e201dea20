-- How the custom resources ask and change the server: one program, run as root, whom the server knows by its socket.

local PROGRAM = "/usr/local/sbin/mariadb-setting"

return {
  -- The properties of a `setting`: the commands for the thing with these words, and what else is given.
  of = function(words, properties)
    local all = {
      get = { PROGRAM, "get", table.unpack(words) },
      set = { PROGRAM, "set", table.unpack(words) },
      unset = { PROGRAM, "unset", table.unpack(words) },
      cwd = "/",
    }
    for name, value in pairs(properties) do
      all[name] = value
    end
    return all
  end,

  -- The name and the host of an account: `app` is `app` on this machine, `app@10.0.0.%` says another host.
  account = function(name)
    local user, host = name:match("^(.*)@([^@]*)$")
    return user or name, host or "localhost"
  end,
}
