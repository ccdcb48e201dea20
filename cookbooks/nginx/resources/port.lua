-- Fails before anything is changed where another program already listens on nginx's port.

return resource {
  doc = "The assertion that a port is free, or nginx's own.",

  properties = {
    port = property.integer { required = true, doc = "Number of the port." },
  },

  actions = {
    check = function(self)
      local listeners = `ss -Hltnp 'sport = :{self.port}'`
      execute(`port {self.port} is taken`) {
        command = `echo "port {self.port} is taken by another program:"; {listeners}; exit 1`,
        -- True only where a line names a program that is not nginx. Where `ss` is missing nothing is said.
        only_if = `{listeners} 2>/dev/null | grep 'users:' | grep -qv '"nginx"'`,
      }
    end,
  },
}
