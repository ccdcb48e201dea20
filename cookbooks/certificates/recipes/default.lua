-- The directory of all certificates, and the check that none of them expires.

local layout = require "./layout"

include_recipe "openssl"

directory "/etc/certificates" { mode = "0755" }

cookbook_file(layout.program) {
  source = "certificates-setting",
  mode = "0755",
  diff = false,
  why = "certificates are verified, asked and checked with it",
}

local check = node.certificates.check
if value_for_platform { alpine = false, gentoo = false, default = true } then
  timer "certificates-check" {
    description = "Check that no certificate expires soon",
    command = { layout.program, "check", tostring(check.days) },
    on_calendar = if check.schedule ~= "" then check.schedule else "daily",
    persistent = true,
    action = if check.schedule ~= "" then "create" else "delete",
  }
end
