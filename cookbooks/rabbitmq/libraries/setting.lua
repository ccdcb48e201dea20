-- How the custom resources ask and change the broker: one program, run as the user of the broker. Root's `rabbitmqctl` of
-- Debian and others is a script that gives its arguments to a shell once more, which reads quotes and `$` in them.

local PROGRAM = "/usr/local/sbin/rabbitmq-setting"

return {
  -- The properties of a `setting`: the commands for the thing with these words, and what else is given.
  of = function(words, properties)
    local all = {
      user = "rabbitmq",
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
