local redis = require "./layout"

return resource {
  doc = "A user of Redis. Users that are not declared are gone from the server, except for `default` and `root`.",

  properties = {
    password = property.string { required = true, doc = "Its password, best a `secret`. The server's file has its hash." },
    keys = property.strings { default = { "*" }, doc = "Patterns of the keys that it may use: `shop:*`." },
    channels = property.strings { default = { "*" }, doc = "Patterns of the channels that it may use." },
    commands = property.strings {
      default = { "+@all", "-@admin" },
      doc = "Commands and categories that it may and may not use, in their order.",
    },
  },

  actions = {
    create = function(self)
      if not self.name:match("^[%w._@-]+$") or self.name == "default" or self.name == "root" then
        error(`{self}: a user's name is of letters, digits, and ._@-, and neither "default" nor "root"`)
      end
      local rules = {}
      local function add(prefix, words, pattern, what)
        for _, word in ipairs(words) do
          if not word:match(pattern) then
            error(`{self}: "{word}" is no {what}`)
          end
          table.insert(rules, prefix .. word)
        end
      end
      add("~", self.keys, "^%S+$", "pattern of keys")
      if redis.has_channels then
        table.insert(rules, "resetchannels")
        add("&", self.channels, "^%S+$", "pattern of channels")
      elseif not (#self.channels == 1 and self.channels[1] == "*") then
        error(`{self}: this platform's Redis does not know permissions of channels`)
      end
      add("", self.commands, "^[+-]@?[%l%d_|-]+$", "command with + or -: \"+@read\", \"-flushall\"")

      fragment(`Redis' user {self.name}`) {
        into = redis.users,
        content = `user {self.name} on #{output(redis.hash(self.password))} {table.concat(rules, " ")}`,
      }
    end,
  },

  default_action = "create",
}
