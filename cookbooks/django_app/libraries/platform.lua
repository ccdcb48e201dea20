-- What differs between the platforms, besides the names of things, which the cookbook `names` knows. One that is not here is
-- not supported.

local function red_hat(python, certbot)
  local packages = if python == "python3" then {} else { python, `{python}-pip` }
  if #packages > 0 and node.python.headers then table.insert(packages, `{python}-devel`) end
  return {
    -- Of the site, and of the program that deploys it.
    python = python,
    packages = packages,
    firewalls = { "firewalld" },
    selinux = true,
    -- How somebody who has no certbot gets it.
    certbot = certbot,
  }
end

local epel = if node.platform == "redhat"
  then "It is in EPEL: `dnf install https://dl.fedoraproject.org/pub/epel/epel-release-latest-$(rpm -E %rhel).noarch.rpm`"
  else "It is in EPEL: `dnf install epel-release`"

return value_for_platform {
  debian = { python = "python3", packages = {}, firewalls = { "ufw", "nftables", "firewalld" }, has_supervisor = true },
  fedora = red_hat("python3"),
  -- Its own Python is 3.9, and Django 5 asks for 3.10.
  ["rhel 9"] = red_hat("python3.12", epel),
  ["rhel 10"] = red_hat("python3", epel),
  default = { unsupported = true, python = "python3", packages = {}, firewalls = {} },
}
