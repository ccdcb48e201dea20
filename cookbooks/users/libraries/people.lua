-- The accounts of the attributes as plain tables, in which what is not said is nil.

local OPTIONAL = { "full_name", "keys", "ask_password", "password_secret", "shell", "uid" }

return {
  of = function(node)
    local people = {}
    for name, said in pairs(node.users.accounts) do
      local person = { admin = said.admin, groups = said.groups }
      for _, key in ipairs(OPTIONAL) do
        person[key] = node:get({ "users", "accounts", name, key })
      end
      people[name] = person
    end
    return people
  end,
}
