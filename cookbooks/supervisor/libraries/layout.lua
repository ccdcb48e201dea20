-- Where the files of programs and groups are, and the program that asks supervisor about them.

local PROGRAM = "/usr/local/sbin/supervisor-setting"

return {
  program = PROGRAM,
  -- Files that start a program: its environment and its arguments.
  scripts = "/etc/supervisor-programs",

  -- The file that supervisor reads.
  config = function(name) return `{node.names.supervisor.programs}/{name}{node.names.supervisor.ending}` end,

  -- The properties of a `setting`: whether a program or a group runs, with just these files. `processes` says what is
  -- expected of them: "stay", "may-end", or "any".
  running = function(name, processes, files, digest)
    local words = { name, processes, table.unpack(files) }
    return {
      get = { PROGRAM, "get", table.unpack(words) },
      set = { PROGRAM, "set", table.unpack(words) },
      unset = { PROGRAM, "unset", table.unpack(words) },
      value = `up {digest}`,
      timeout = 120,
    }
  end,
}
