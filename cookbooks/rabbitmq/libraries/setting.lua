-- How the custom resources ask and change the broker: one program, run as root.

local PROGRAM = "/usr/local/sbin/rabbitmq-setting"

local function command(verb, words)
  local argv = { PROGRAM, verb }
  for _, word in ipairs(words) do
    table.insert(argv, word)
  end
  return argv
end

return {
  -- The properties of a `setting`: the commands for the thing with these words, and what else is given.
  of = function(words, properties)
    local all = { get = command("get", words), set = command("set", words), unset = command("unset", words), cwd = "/" }
    for name, value in pairs(properties) do
      all[name] = value
    end
    return all
  end,
}
