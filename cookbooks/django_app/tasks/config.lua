local layout = require "./site"

return task {
  doc = "Shows the variables of the release that is served, without secrets; or says how to set one: `config set=EMAIL_HOST=mail.example.org`.",
  arguments = {
    set = argument.string {
      default = "",
      pattern = "^$|^[A-Z_][A-Z0-9_]*=[^\\n]*$",
      doc = "NAME=VALUE. It is not set on the machine, where the next run would take it away: the line for chefrs.toml is shown.",
    },
  },
  run = function(self)
    local name, value = self.set:match("^([^=]+)=(.*)$")
    if not name then
      execute "variables" { command = layout.of(node).step "config" }
      return
    end
    local is_secret = node:get({ "django_app", "environment", name, "secret" })
    local line = if is_secret
      then `{name} is a secret: chefrs secret set {is_secret}`
      else `below [attributes.django_app] in chefrs.toml, write: environment.{name} = {json.encode(value)}`
    execute "line" { command = { "printf", "%s\n", `{line}\nthen: chefrs run -r django_app` } }
  end,
}
