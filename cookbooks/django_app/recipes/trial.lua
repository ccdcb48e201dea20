-- Whether the release can be served: its own server, on a socket that no visitor knows, is asked for its pages.

local site = (require "./site").of(node)

-- nginx has to reach the socket of supervisor in it.
directory(`{site.base}/run`) { owner = site.name, group = node.nginx.user, mode = "0750" }

if site.is_blue_green then include_recipe "::blue_green" end

execute(`trial of {site.name}`) {
  command = site.step("trial"),
  creates = `{site.steps}/tried`,
}
