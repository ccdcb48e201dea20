-- The SELinux label of one path, or its type alone.

local GET = [[
label=$(stat -c %C -- "$1" 2>/dev/null) || exit 0
[ "$label" != "?" ] || exit 0
if [ "$2" = type ]; then
    label=${label#*:*:}
    label=${label%%:*}
fi
printf '%s\n' "$label"
]]

return resource {
  doc = "The SELinux label of a file or directory. Of a link it is the link's own.",

  properties = {
    path = property.path { name_property = true, doc = "The file or directory. It must exist." },
    label = property.string { doc = "The whole label: `system_u:object_r:etc_t:s0`." },
    type = property.string { doc = "The type alone: `httpd_sys_content_t`. The rest stays as it is." },
  },

  actions = {
    set = function(self)
      if (self.label == nil) == (self.type == nil) then
        error(`{self} needs either label or type`)
      end
      if self.label ~= nil and not self.label:match("^[%w_.-]+:[%w_.-]+:[%w_.-]+[%w_.:,-]*$") then
        error(`{self}: "{self.label}" is no label: it looks like system_u:object_r:etc_t:s0`)
      end
      if self.type ~= nil and not self.type:match("^[%w_.-]+$") then
        error(`{self}: "{self.type}" is no type: it looks like etc_t`)
      end

      local part = if self.label ~= nil then "label" else "type"
      local words = { "chcon", "--no-dereference" }
      if self.type ~= nil then
        table.insert(words, "--type")
      end
      table.insert(words, self.label or self.type)
      table.insert(words, self.path)
      setting(`SELinux {part} of {self.path}`, {
        get = { "sh", "-c", GET, "label", self.path, part },
        value = self.label or self.type,
        set = words,
      })
    end,
  },

  default_action = "set",
}
