return resource {
  doc = "Log files that are moved away when they are old or large: a file in `/etc/logrotate.d`.",

  properties = {
    paths = property.strings { required = { "create" }, doc = "The logs: absolute paths, which may have `*`." },
    frequency = property.choice {
      values = { "hourly", "daily", "weekly", "monthly", "yearly" },
      default = "weekly",
      doc = "How often. `hourly` takes a timer or a job of cron that starts logrotate each hour.",
    },
    keep = property.integer { default = 4, min = 0, doc = "How many old files are kept." },
    size = property.string { pattern = "^[0-9]+[kMG]?$", doc = "Not before it is that large: `100M`. Then `frequency` does not count." },
    max_size = property.string { pattern = "^[0-9]+[kMG]?$", doc = "Sooner than `frequency` says if it is that large." },
    create = property.string {
      pattern = "^[0-7]{3,4} [a-zA-Z0-9_-]+ [a-zA-Z0-9_-]+$",
      message = "it takes mode, owner and group: \"0640 www-data adm\"",
      doc = "Mode, owner and group of the new file: `0640 www-data adm`. Default: those of the old one.",
    },
    as = property.string {
      pattern = "^[a-zA-Z0-9_-]+ [a-zA-Z0-9_-]+$",
      message = "it takes a user and a group: \"www-data adm\"",
      doc = "User and group who rotate, for a directory that others than root may write to: `www-data adm`.",
    },
    compress = property.boolean { default = true, doc = "Whether old files are compressed, all but the newest of them." },
    copytruncate = property.boolean {
      default = false,
      doc = "Whether the file is copied and emptied, for programs that can't open a new one. What they write meanwhile is lost.",
    },
    postrotate = property.command {
      doc = "Command to run afterwards, such as `{ \"systemctl\", \"reload\", \"nginx\" }`, or one string for the shell.",
    },
  },

  actions = {
    create = function(self)
      if not self.name:match("^[%w_-]+$") then
        error(`{self}: "{self.name}" can't be the name of the file: letters, digits, _ and -; others are ignored by logrotate`)
      end
      for _, path in ipairs(self.paths) do
        if not path:match('^/[^"\n]*$') then
          error(`{self}: "{path}" is no absolute path, or has a quote in it`)
        end
      end
      if self.copytruncate and self.create ~= nil then
        error(`{self}: with copytruncate no file is created, so create means nothing`)
      end

      local lines = { self.frequency, `rotate {self.keep}`, "missingok", "notifempty" }
      local function add(line) table.insert(lines, line) end
      if self.size ~= nil then
        lines[1] = `size {self.size}`
      end
      if self.max_size ~= nil then
        add(`maxsize {self.max_size}`)
      end
      if self.compress then
        add "compress"
        add "delaycompress"
      end
      if self.copytruncate then
        add "copytruncate"
      else
        add(if self.create ~= nil then `create {self.create}` else "create")
      end
      if self.as ~= nil then
        add(`su {self.as}`)
      end

      local postrotate = self.postrotate
      if type(postrotate) == "table" then
        local words = {}
        for _, word in ipairs(postrotate) do
          table.insert(words, "'" .. word:gsub("'", "'\\''") .. "'")
        end
        postrotate = table.concat(words, " ")
      end
      if postrotate ~= nil and postrotate:find "endscript" then
        error(`{self}: postrotate has the word "endscript", which would end it`)
      end

      template(`/etc/logrotate.d/{self.name}`) {
        source = "rotation.hbs",
        variables = { paths = self.paths, lines = lines, postrotate = postrotate or false },
        mode = "0644",
        owner = "root",
        group = "root",
        verify = { "/usr/sbin/logrotate", "-d", "{path}" },
      }
    end,

    delete = function(self)
      file(`/etc/logrotate.d/{self.name}`) { action = "delete" }
    end,
  },

  default_action = "create",
}
