local openssl = require "./setting"

local FIELDS = {
  { "CN", "common_name" },
  { "O", "organization" },
  { "OU", "organizational_unit" },
  { "L", "locality" },
  { "ST", "state" },
  { "C", "country" },
}

-- The fields of the subject, as `CN=web1`.
local function subject(self)
  local found = {}
  for _, field in ipairs(FIELDS) do
    local value = self[field[2]] or (if field[1] == "CN" then self.names[1] else nil)
    if value ~= nil then
      if not value:match("^[%w\128-\255.*'()&@_+:/-][%w \128-\255.*'()&@_+:/-]*$") or value:match(" $") then
        error(`{self}: {field[2]} is "{value}", and has something in it that is no letter, digit, blank, or one of .*'()&@_+:/-`)
      end
      table.insert(found, `{field[1]}={value}`)
    end
  end
  return found
end

-- The names as in a certificate: `DNS:web1`, `IP:10.0.0.1`.
local function names(self)
  local found = {}
  for _, name in ipairs(self.names) do
    if name:match("^%d+%.%d+%.%d+%.%d+$") or name:match("^[%x:]+:[%x:.]*$") then
      table.insert(found, `IP:{name}`)
    elseif name:match("^[%w*_-][%w._-]*$") then
      table.insert(found, `DNS:{name}`)
    else
      error(`{self}: "{name}" is neither a name nor an address`)
    end
  end
  if #found == 0 then
    error(`{self} has no names: say the names and addresses that it is for`)
  end
  return found
end

return resource {
  doc = "A certificate that its own key signs, with that key. It is made anew when its names, subject or key differ, and before it expires.",

  properties = {
    path = property.string { name_property = true, doc = "Where the certificate is." },
    key = property.string { required = true, doc = "Where its private key is." },
    type = property.choice {
      values = { "rsa", "ec", "ed25519", "any" },
      default = "rsa",
      doc = "Type of the key. `any` takes the key that is there, whatever it is.",
    },
    size = property.string { doc = "Bits of the key, `3072` for rsa, or its curve, `prime256v1` for ec." },
    names = property.strings { default = {}, doc = "The names and addresses that it is for. `delete` needs none." },
    common_name = property.string { doc = "Common name of the subject. Default: the first of `names`." },
    organization = property.string { doc = "Organization of the subject." },
    organizational_unit = property.string { doc = "Part of the organization." },
    locality = property.string { doc = "Town of the subject." },
    state = property.string { doc = "State or province of the subject." },
    country = property.string { doc = "Country of the subject, in two letters." },
    days = property.integer { default = 365, doc = "Days that a new one is valid." },
    renew_before = property.integer { default = 30, doc = "Days before its end on which it is made anew." },
    owner = property.string { default = "root", doc = "Owner of both files, by name." },
    group = property.string { default = "root", doc = "Group of both files, by name." },
    mode = property.string { default = "0644", doc = "Permissions of the certificate, in octal." },
    key_mode = property.string { default = "0600", doc = "Permissions of the key, in octal." },
  },

  actions = {
    create = function(self)
      if self.days <= self.renew_before then
        error(`{self}: it is valid for {self.days} days, and would be made anew {self.renew_before} days before its end: in each run`)
      end
      local kind = openssl.kind(self)
      if self.type ~= "any" then
        setting(`private key {self.key}`, openssl.of({ "key", self.key }, {
          value = `{kind}, {openssl.access(self.key_mode, self.owner, self.group)}`,
        }))
      end

      local fields, wanted = subject(self), names(self)
      local words = { "certificate", self.path, self.key, kind, tostring(self.renew_before), tostring(self.days) }
      for _, field in ipairs(fields) do
        table.insert(words, field)
      end
      table.insert(words, "names")
      for _, name in ipairs(wanted) do
        table.insert(words, name)
      end
      setting(`certificate {self.path}`, openssl.of(words, {
        value = table.concat({
          `subject {table.concat(fields, ", ")}`,
          `names {table.concat(wanted, ", ")}`,
          `key {self.key}`,
          `valid for more than {self.renew_before} days`,
          `access {openssl.access(self.mode, self.owner, self.group)}`,
        }, "\n"),
      }))
    end,

    delete = function(self)
      setting(`certificate {self.path}`, openssl.of({ "certificate", self.path }, { action = "remove" }))
      setting(`private key {self.key}`, openssl.of({ "key", self.key }, { action = "remove" }))
    end,
  },

  default_action = "create",
}
