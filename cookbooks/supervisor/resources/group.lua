local layout = require "./layout"

-- The file of the group, and those of its programs.
local function files(self)
  local found = {}
  for _, program in ipairs(self.programs or {}) do
    table.insert(found, layout.config(program))
  end
  table.insert(found, layout.config(self.name))
  return found
end

return resource {
  doc = "Programs of supervisor that are started and stopped together: `supervisorctl restart NAME:*`.",

  properties = {
    programs = property.strings {
      required = { "create" },
      doc = "The programs, declared before it with `group = NAME`.",
    },
    priority = property.integer { default = 999, min = 0, max = 999, doc = "Those with a lower one start first, and stop last." },
    may_end = property.boolean { default = false, doc = "Whether programs in it may have ended." },
  },

  actions = {
    create = function(self)
      file(layout.config(self.name)) {
        content = `; (chefrs, cookbook supervisor)\n[group:{self.name}]\nprograms={table.concat(self.programs, ",")}\npriority={self.priority}\n`,
        mode = "0644",
      }
      local all = files(self)
      local digest = output { layout.program, "digest", table.unpack(all) }
      setting(`group {self.name} of supervisor`, layout.running(self.name, if self.may_end then "may-end" else "stay", all, digest))
    end,

    delete = function(self)
      file(layout.config(self.name)) { action = "delete" }
      local running = layout.running(self.name, "any", files(self), "")
      running.action = "remove"
      setting(`group {self.name} of supervisor`, running)
    end,
  },

  default_action = "create",
}
