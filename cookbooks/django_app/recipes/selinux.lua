-- SELinux, where it is enforced. What is made in the directories later takes over their labels.

local platform = require "./platform"
local selinux = require "./selinux"
local site = (require "./site").of(node)

if platform.selinux then
  setting(selinux.name(site)) {
    get = selinux.get(site),
    set = selinux.set(site),
    value = selinux.policy(site),
    timeout = 300,
    only_if = selinux.is_enforced,
  }

  local places = table.concat({ site.base, `{site.base}/releases`, `{site.base}/environments`, site.data, site.media, site.backups }, " ")
  execute(`SELinux labels of {site.name}`) {
    command = { "restorecon", "-RF", site.base },
    only_if = { selinux.is_enforced, `restorecon -nvF {places} | grep -q .` },
  }
end
