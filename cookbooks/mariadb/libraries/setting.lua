-- How the custom resources ask and change the server: one program, run as root, whom the server knows by its socket.

local PROGRAM = "/usr/local/sbin/mariadb-setting"

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

  -- The name and the host of an account: `app` is `app` on this machine, `app@10.0.0.%` says another host.
  account = function(name)
    local user, host = name:match("^(.*)@([^@]*)$")
    return user or name, host or "localhost"
  end,
}
