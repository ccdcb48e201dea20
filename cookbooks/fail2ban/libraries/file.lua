-- A section of the configuration in a file of its own, tested with all others before it is in place.

return {
  properties = function(section, file, values)
    local settings = {}
    for key, value in pairs(values) do
      value = tostring(value)
      if not key:match("^[%w_.]+$") or value:find("\n[^ ]") then
        error(`"{key} = {value}" is no setting of fail2ban: further lines begin with a blank`)
      end
      table.insert(settings, { key = key, value = value })
    end
    return {
      source = "jail.local.hbs",
      variables = { name = section, settings = settings },
      mode = "0644",
      verify = { "/usr/local/sbin/fail2ban-verify", "{path}", file },
      notifies = { "reload", "service[fail2ban]" },
    }
  end,
}
