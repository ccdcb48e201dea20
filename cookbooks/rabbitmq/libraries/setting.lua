-- How the custom resources ask and change the broker: one program, run as root.

local PROGRAM = "/usr/local/sbin/rabbitmq-setting"

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
}
