local PROGRAM = "/usr/local/sbin/docker-setting"

return resource {
  doc = "A project of Docker Compose: its file, and its services, which are up as the file says.",

  properties = {
    content = property.text { required = { "create" }, doc = "Text of compose.yaml: of `render`, or `yaml.encode`." },
    folder = property.path {
      default = function(self) return `/srv/{self.name}` end,
      doc = "Directory of compose.yaml. It is made, and no more than that is changed in it.",
    },
    environment = property.map {
      default = {},
      doc = "Variables that stand in the file as `${NAME}`. Their values may be secrets; no file has them.",
    },
    pull = property.boolean { default = true, doc = "Whether images are pulled before services are started or changed." },
    may_end = property.strings { default = {}, doc = "Services that may have ended, such as one that prepares a database." },
    timeout = property.integer { default = 900, min = 1, doc = "Seconds until a pull or start is stopped." },
  },

  actions = {
    create = function(self)
      if not self.name:match("^[%l%d][%l%d_-]*$") then
        error(`{self}: a project's name is of small letters, digits, _ and -`)
      end
      local names = {}
      for name in pairs(self.environment) do
        if not name:match("^[%a_][%w_]*$") then
          error(`{self}: "{name}" is no name of an environment variable`)
        end
        table.insert(names, name)
      end

      directory(self.folder) { recursive = true }
      file(`{self.folder}/compose.yaml`) {
        content = self.content,
        mode = "0644",
        verify = { { command = { PROGRAM, "verify", "{path}" }, environment = self.environment } },
      }

      local sum = if type(self.content) == "string"
        then sha256(self.content)
        else output { PROGRAM, "sum", `{self.folder}/compose.yaml` }

      local function words(verb)
        return { PROGRAM, verb, self.name, self.folder, table.concat(names, " "), table.concat(self.may_end, " ") }
      end
      local start = words("set")
      table.insert(start, if self.pull then "pull" else "keep")
      setting(`project {self.name} of Docker Compose`) {
        get = words("get"),
        set = start,
        value = `up {sum}`,
        environment = self.environment,
        cwd = self.folder,
        timeout = self.timeout,
      }
    end,

    delete = function(self)
      setting(`project {self.name} of Docker Compose`) {
        get = { PROGRAM, "get", self.name, self.folder },
        unset = { PROGRAM, "unset", self.name, self.folder },
        action = "remove",
        environment = self.environment,
        timeout = self.timeout,
      }
      file(`{self.folder}/compose.yaml`) { action = "delete" }
    end,
  },

  default_action = "create",
}
