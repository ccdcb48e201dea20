-- The accounts of the attributes as plain tables, in which what is not said is nil.

return {
  of = function(accounts)
    local people = {}
    for name, said in pairs(accounts) do
      people[name] = {}
      for key, value in pairs(said) do
        people[name][key] = value
      end
    end
    return people
  end,
}
