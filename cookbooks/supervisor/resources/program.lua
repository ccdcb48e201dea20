local layout = require "./layout"

local RESTART = { always = "true", unexpected = "unexpected", never = "false" }

return resource {
  doc = "A program that supervisor runs. It is restarted if something about it changes, and only then.",

  properties = {
    command = property.strings { required = { "create" }, doc = "The program and its arguments, without a shell." },
    user = property.string {
      required = { "create" },
      pattern = "^[a-z_][a-z0-9_-]*$",
      doc = "User that it runs as. It has that user's HOME.",
    },
    directory = property.path { doc = "Directory that it runs in." },
    environment = property.map { default = {}, doc = "Environment variables. Their values may be secrets." },
    processes = property.integer {
      default = 1,
      min = 1,
      max = 99,
      doc = "Number of processes. Each has its number, from 0 on, in PROCESS_NUMBER.",
    },
    priority = property.integer { default = 999, min = 0, max = 999, doc = "Those with a lower one start first, and stop last." },
    autostart = property.boolean { default = true, doc = "Whether it runs from the start of supervisor on." },
    autorestart = property.choice {
      values = { "always", "unexpected", "never" },
      default = "always",
      doc = "When it is started again: whenever it has ended, only after an exit status other than 0, or never.",
    },
    start_seconds = property.integer { default = 1, min = 0, doc = "Seconds that it has to stay up to count as started." },
    start_retries = property.integer { default = 3, min = 0, doc = "Attempts to start it." },
    stop_signal = property.choice {
      values = { "TERM", "INT", "QUIT", "HUP", "KILL", "USR1", "USR2" },
      default = "TERM",
      doc = "Signal that asks it to end.",
    },
    stop_seconds = property.integer { default = 10, min = 0, doc = "Seconds until it is killed." },
    stop_group = property.boolean { default = false, doc = "Whether its children get the signal, too." },
    log = property.path {
      default = function(self)
        return `/var/log/supervisor/{self.name}{if self.processes > 1 then "-%(process_num)d" else ""}.log`
      end,
      doc = "File with what it prints. `%(process_num)d` stands for the number of the process.",
    },
    log_size = property.string { default = "10MB", pattern = "^[0-9]+(KB|MB|GB)?$", doc = "Size at which a new file is begun." },
    log_files = property.integer { default = 5, min = 0, doc = "Old files that are kept." },
    group = property.string { doc = "The `supervisor.group` that it is in, which is declared after it." },
  },

  actions = {
    create = function(self)
      if not self.name:match("^[%w._-]+$") then
        error(`{self}: a program's name is of letters, digits, and ._-`)
      end
      local script = `{layout.scripts}/{self.name}`
      for _, word in ipairs(self.command) do
        if type(word) ~= "string" then
          error(`{self}: an argument can be seen by every user of the machine; secrets belong in environment`)
        end
      end
      local is_plain = true
      for name, value in pairs(self.environment) do
        if not name:match("^[%a_][%w_]*$") then
          error(`{self}: "{name}" is no name of an environment variable`)
        end
        is_plain = is_plain and type(value) == "string"
      end

      local variables = {
        name = self.name,
        user = self.user,
        environment = self.environment,
        command = self.command,
      }
      template(script) {
        source = "script.hbs",
        variables = variables,
        owner = self.user,
        mode = "0500",
      }

      local config = layout.config(self.name)
      local settings = {
        name = self.name,
        script = script,
        digest = if is_plain then sha256(render("script.hbs", variables)) else output { "sha256sum", script },
        processes = self.processes,
        directory = self.directory or false,
        user = self.user,
        priority = self.priority,
        autostart = tostring(self.autostart),
        autorestart = RESTART[self.autorestart],
        start_seconds = self.start_seconds,
        start_retries = self.start_retries,
        stop_signal = self.stop_signal,
        stop_seconds = self.stop_seconds,
        stop_group = tostring(self.stop_group),
        log = self.log,
        log_size = self.log_size,
        log_files = self.log_files,
      }
      template(config) {
        source = "program.conf.hbs",
        variables = settings,
        mode = if is_plain then "0644" else "0600",
      }

      if self.group == nil then
        local processes = if not self.autostart then "any" elseif self.autorestart == "always" then "stay" else "may-end"
        local digest = if is_plain
          then sha256(render("program.conf.hbs", settings))
          else output { layout.program, "digest", config }
        setting(`program {self.name} of supervisor`, layout.running(self.name, processes, { config }, digest))
      end
    end,

    restart = function(self)
      execute(`restart of {self.name}`) { command = { "supervisorctl", "restart", `{self.group or self.name}:*` } }
    end,

    delete = function(self)
      local config = layout.config(self.name)
      file(config) { action = "delete" }
      local running = layout.running(self.name, "any", { config }, "")
      running.action = "remove"
      setting(`program {self.name} of supervisor`, running)
      file(`{layout.scripts}/{self.name}`) { action = "delete" }
    end,
  },

  default_action = "create",
}
