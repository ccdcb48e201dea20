-- A path as tar names it, which works from the root directory on.
local function inside(path) return (path:gsub("^/+", ""):gsub("/+$", "")) end

return resource {
  doc = "A backup: an archive of directories and dumps with its time in its name, made by a timer, and the older ones that are kept.",

  properties = {
    paths = property.strings { default = {}, doc = "Files and directories, by absolute path." },
    exclude = property.strings { default = {}, doc = "Patterns of what is left out: `*.pyc`, `/srv/shop/cache`." },
    dumps = property.list {
      default = {},
      doc = "Commands whose output is a file of the archive. If one fails there is no archive.",
      items = {
        name = property.string { required = true, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$", doc = "Name of the file: `shop.sql`." },
        command = property.strings { required = true, doc = "The program and its arguments, without a shell. It runs as root." },
      },
    },
    destination = property.path {
      default = function(self) return `/var/backups/{self.name}` end,
      doc = "Directory of the archives. Only root can read it.",
    },
    schedule = property.string { default = "daily", doc = "When, as in systemd.time(7): `Mon..Fri 03:30`." },
    random_delay = property.string { default = "30min", doc = "Longest random delay." },
    keep_daily = property.integer { default = 7, min = 0, doc = "Days of which the newest archive is kept. The last one is kept always." },
    keep_weekly = property.integer { default = 4, min = 0, doc = "Weeks of which the newest archive is kept." },
    after = property.strings {
      default = {},
      doc = "Command for each new archive, such as a copy to elsewhere. It has the file in `BACKUP_ARCHIVE`, and the directory of all in `BACKUP_DIRECTORY`.",
    },
    environment = property.map { default = {}, doc = "Environment variables of the dumps and of `after`. Their values may be secrets." },
  },

  actions = {
    create = function(self)
      if not self.name:match("^[%w_][%w._-]*$") then
        error(`{self}: a backup's name is of letters, digits, and ._-`)
      end
      if #self.paths == 0 and #self.dumps == 0 then
        error(`{self} archives nothing: it needs paths or dumps`)
      end
      local paths, exclude, commands = {}, {}, { self.after }
      for _, path in ipairs(self.paths) do
        if not path:match("^/.") then
          error(`{self}: "{path}" is no absolute path`)
        end
        table.insert(paths, inside(path))
      end
      for _, pattern in ipairs(self.exclude) do
        table.insert(exclude, inside(pattern))
      end
      for _, dump in ipairs(self.dumps) do
        table.insert(commands, dump.command)
      end
      for _, command in ipairs(commands) do
        for _, word in ipairs(command) do
          if type(word) ~= "string" then
            error(`{self}: an argument can be seen by every user of the machine; secrets belong in environment`)
          end
        end
      end
      for name in pairs(self.environment) do
        if not name:match("^[%a_][%w_]*$") then
          error(`{self}: "{name}" is no name of an environment variable`)
        end
      end

      directory(self.destination) { mode = "0700", owner = "root" }

      template(`/etc/backup/{self.name}`) {
        source = "job.hbs",
        variables = {
          name = self.name,
          destination = self.destination,
          keep_daily = self.keep_daily,
          keep_weekly = self.keep_weekly,
          environment = self.environment,
          dumps = self.dumps,
          exclude = exclude,
          inside = inside(self.destination),
          inside_paths = paths,
          after = self.after,
        },
        mode = "0600",
        verify = { "sh", "-n", "{path}" },
      }

      timer(`backup-{self.name}`) {
        description = `Backup {self.name}`,
        command = { "/usr/local/sbin/backup-job", "run", self.name },
        on_calendar = self.schedule,
        random_delay = self.random_delay,
        persistent = true,
      }
    end,

    run = function(self)
      execute(`backup {self.name}`) { command = { "/usr/local/sbin/backup-job", "run", self.name } }
    end,

    delete = function(self)
      timer(`backup-{self.name}`) { action = "delete" }
      file(`/etc/backup/{self.name}`) { action = "delete" }
    end,
  },

  default_action = "create",
}
