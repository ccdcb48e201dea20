-- Who can log in with a key and may do everything.

local people_of = (require "./people").of

local PROGRAM = "/usr/local/sbin/admin-with-key"

return {
  PROGRAM = PROGRAM,

  -- The command that prints `yes`, or fails with the message if there is nobody.
  check = function(of)
    local root = if of.root == false then "no" else "yes"
    local groups = table.concat(of.groups or {}, " ")
    return { PROGRAM, root, groups, of.message, table.unpack(of.leaving or {}) }
  end,

  -- Those of the attributes who will be admins with a key, and in one of the groups, if there are any.
  declared = function(groups)
    local names = {}
    for name, account in pairs(people_of(node.users.accounts)) do
      local is_in = #groups == 0 or table.find(groups, node.names.sudo.group) ~= nil
      for _, group in ipairs(account.groups) do
        is_in = is_in or table.find(groups, group) ~= nil
      end
      if account.admin and is_in and account.keys ~= nil and #account.keys > 0 then
        table.insert(names, name)
      end
    end
    return names
  end,
}
