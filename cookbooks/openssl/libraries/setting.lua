-- How the custom resources ask and make keys and certificates: one program, run as root.

local PROGRAM = "/usr/local/sbin/openssl-setting"

local SIZES = { rsa = { "2048", "3072", "4096", "8192" }, ec = { "prime256v1", "secp384r1", "secp521r1" } }

-- Who may read a file, as the program prints it.
local function access(mode, owner, group)
  if not mode:match("^[0-7][0-7][0-7][0-7]$") then
    error(`"{mode}" is no mode: four digits, such as "0600"`)
  end
  return `{mode} {owner}:{group}`
end

return {
  access = access,

  -- What a key is, as the program prints it: `rsa 3072`, `ec prime256v1`, `ed25519`.
  kind = function(self)
    local sizes = SIZES[self.type]
    if sizes == nil then
      if self.size ~= nil then
        error(`{self}: a key of the type {self.type} has no size`)
      end
      return self.type
    end
    local size = self.size or (if self.type == "rsa" then "3072" else "prime256v1")
    if not table.find(sizes, size) then
      error(`{self}: size is "{size}"; for {self.type} there are {table.concat(sizes, ", ")}`)
    end
    return `{self.type} {size}`
  end,

  -- The properties of a `setting`: the commands for the thing with these words, and what else is given.
  of = function(words, properties)
    local all = {
      get = { PROGRAM, "get", table.unpack(words) },
      set = { PROGRAM, "set", table.unpack(words) },
      unset = { PROGRAM, "unset", table.unpack(words) },
      cwd = "/",
      timeout = 300,
    }
    for name, value in pairs(properties) do
      all[name] = value
    end
    return all
  end,
}
