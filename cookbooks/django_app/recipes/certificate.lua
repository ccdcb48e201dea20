-- The certificate that nginx starts with: one that is there, or one that the machine signs itself, which with ACME holds
-- until the authority has signed the first.

local openssl = require "@openssl"
local site = (require "./site").of(node)
local wanted = node.django_app

if wanted.tls == "self_signed" or wanted.tls == "acme" then
  include_recipe "openssl"

  openssl.self_signed_certificate(`{site.config}/self_signed.crt`) {
    key = `{site.config}/self_signed.key`,
    names = site.domains,
    notifies = { "reload", "service[nginx]" },
  }
end

if wanted.tls == "acme" then
  for _, each in ipairs({ { site.certificate, "self_signed.crt" }, { site.certificate_key, "self_signed.key" } }) do
    execute(`first {each[1]}`) {
      command = { "ln", "-s", `{site.config}/{each[2]}`, each[1] },
      creates = each[1],
    }
  end
end
