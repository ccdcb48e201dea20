-- nginx, running, with no site yet: those come with the resource `nginx.site`.

if node.platform_family ~= "debian" then
  error(`cookbook nginx knows Debian's layout of sites alone so far, and this is "{node.platform}"`)
end

package "nginx"

cookbook_file "/usr/local/sbin/nginx-verify-site" {
  source = "nginx-verify-site",
  mode = "0755",
  why = "nginx.site tests the whole configuration with it before a site is replaced",
}

-- The distribution's example site would answer for every host that nobody names.
link "/etc/nginx/sites-enabled/default" {
  action = "delete",
  notifies = { "reload", "service[nginx]" },
}

-- Named so that it is read first: nginx lets one server answer for unknown hosts on a port.
template "/etc/nginx/conf.d/unknown-hosts.conf" {
  source = "unknown-hosts.conf.hbs",
  variables = { port = node.nginx.port },
  mode = "0644",
  action = if node.nginx.refuse_unknown_hosts then "create" else "delete",
  notifies = { "reload", "service[nginx]" },
}

service "nginx" { action = { "enable", "start" } }
