-- nginx, running, with no site yet: those come with the resource `nginx.site`.

local sites = (require "./layout").of(node.names.nginx.sites)

package(node.names.nginx.packages)

cookbook_file "/usr/local/sbin/nginx-verify-site" {
  source = "nginx-verify-site",
  mode = "0755",
  why = "nginx.site tests the whole configuration with it before a site is replaced",
}

-- Some distributions' nginx.conf has its only server in itself, and reads no directory of sites.
if value_for_platform { arch = true, gentoo = true, default = false } then
  directory(sites.folder) { mode = "0755" }

  line "    include /etc/nginx/conf.d/*.conf;" {
    path = "/etc/nginx/nginx.conf",
    match = "^\\s*include\\s+/etc/nginx/conf\\.d/\\*\\.conf;",
    after = "^\\s*http\\s*\\{",
    add = true,
    notifies = { "reload", "service[nginx]" },
  }
end

-- Gentoo's example server listens on 127.0.0.1 alone, and so nginx would ask it for all that comes there.
if value_for_platform { gentoo = true, default = false } and node.nginx.port == 80 then
  line "the example server of Gentoo" {
    line = "\t\tlisten 80;",
    path = "/etc/nginx/nginx.conf",
    match = "^\\s*listen\\s+127\\.0\\.0\\.1(:80)?;",
    several = "first",
    only_if = {
      "grep",
      "-Eq",
      "^[[:space:]]*listen[[:space:]]+127\\.0\\.0\\.1(:80)?;",
      "/etc/nginx/nginx.conf",
    },
    notifies = { "reload", "service[nginx]" },
  }
end

-- That of Red Hat and Fedora is a part of nginx.conf. Where the sites listen it is not the default, and it takes no port that
-- another program has.
if value_for_platform { rhel = true, fedora = true, default = false } then
  for address, pattern in { [""] = "", ["[::]:"] = "\\[::\\]:" } do
    local listens = `^[[:space:]]*listen[[:space:]]+{pattern}[0-9]+;`
    line(`the example server of nginx.conf at {address}{node.nginx.port}`) {
      line = `        listen       {address}{node.nginx.port};`,
      path = "/etc/nginx/nginx.conf",
      match = listens,
      several = "first",
      only_if = { "grep", "-Eq", listens, "/etc/nginx/nginx.conf" },
      notifies = { "reload", "service[nginx]" },
    }
  end
end

-- The distribution's example site would answer for every host that nobody names.
local example = value_for_platform {
  debian = "/etc/nginx/sites-enabled/default",
  alpine = "/etc/nginx/http.d/default.conf",
  default = "",
}
if sites.is_linked and example ~= "" then
  link(example) { action = "delete", notifies = { "reload", "service[nginx]" } }
elseif example ~= "" then
  file(example) { action = "delete", notifies = { "reload", "service[nginx]" } }
end

-- nginx lets one server answer for unknown hosts on a port.
template(`{sites.common}/unknown-hosts.conf`) {
  source = "unknown-hosts.conf.hbs",
  variables = { port = node.nginx.port },
  mode = "0644",
  action = if node.nginx.refuse_unknown_hosts then "create" else "delete",
  notifies = { "reload", "service[nginx]" },
}

service "nginx" { action = { "enable", "start" } }
