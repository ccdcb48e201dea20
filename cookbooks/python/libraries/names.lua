-- What Python's packages are called, by platform family. To support another one, add a line and try it.

local names = {
  debian = {
    python = { "python3", "python3-venv", "python3-pip" },
    headers = { "build-essential", "pkg-config", "python3-dev" },
  },
}

return {
  -- The packages of a platform family; raises where nobody has tried yet.
  of = function(family)
    local found = names[family]
    if not found then
      error(`cookbook python does not know the packages of platform family "{family}" yet: add them to libraries/names.lua`)
    end
    return found
  end,
}
