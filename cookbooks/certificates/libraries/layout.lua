-- Where certificates are. Each has a directory, and in it the same names, wherever it comes from.

local PROGRAM = "/usr/local/sbin/certificates-setting"

return {
  program = PROGRAM,

  of = function(self)
    if not self.name:match("^[%w_][%w._-]*$") then
      error(`{self}: a certificate's name is of letters, digits, and ._-`)
    end
    local folder = `/etc/certificates/{self.name}`
    return {
      folder = folder,
      certificate = `{folder}/fullchain.pem`,
      key = `{folder}/privkey.pem`,
      combined = `{folder}/combined.pem`,
      own_certificate = `{folder}/self_signed.pem`,
      own_key = `{folder}/self_signed.key`,
    }
  end,
}
