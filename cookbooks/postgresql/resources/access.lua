local setting_of = (require "./setting").of

-- A name as in pg_hba.conf.
local function quoted(self, word)
  if word:match("^[%w_]+$") then
    return word
  elseif word:match("[%c\"]") then
    error(`{self}: "{word}" has a quote or a line break in it`)
  end
  return `"{word}"`
end

return resource {
  doc = "Who may connect to a database from where, and how they prove who they are: a line of `pg_hba.conf`.",

  properties = {
    database = property.strings { default = { "all" }, doc = "The databases." },
    role = property.strings { default = { "all" }, doc = "The roles." },
    address = property.string {
      pattern = "^[0-9a-fA-F.:]+/[0-9]+$",
      message = "it is a network: \"10.0.0.0/24\", or \"10.0.0.7/32\" for one machine",
      doc = "Network that they connect from. Without it: the local socket.",
    },
    encrypted = property.boolean { default = false, doc = "Whether it counts for connections with TLS alone." },
    method = property.choice {
      values = { "scram-sha-256", "md5", "peer", "cert", "reject", "trust" },
      default = function(self) return if self.address == nil then "peer" else "scram-sha-256" end,
      doc = "How they prove it. `peer`, the user of the machine, is for the local socket. `trust` lets everybody in.",
    },
  },

  actions = {
    set = function(self)
      if self.name:match("%c") then
        error(`{self}: a name has no line break`)
      end
      if self.address == nil and self.encrypted then
        error(`{self} is encrypted, and has no address: TLS is for the network`)
      end
      local kind = if self.address == nil then "local" elseif self.encrypted then "hostssl" else "host"
      local function list(words)
        local found = {}
        for _, word in ipairs(words) do
          table.insert(found, quoted(self, word))
        end
        return table.concat(found, ",")
      end
      local words = { kind, list(self.database), list(self.role) }
      if self.address ~= nil then
        table.insert(words, self.address)
      end
      table.insert(words, self.method)
      setting(`PostgreSQL access {self.name}`, setting_of({ "access", self.name }, { value = table.concat(words, " ") }))
    end,

    remove = function(self)
      setting(`PostgreSQL access {self.name}`, setting_of({ "access", self.name }, { action = "remove" }))
    end,
  },

  default_action = "set",
}
