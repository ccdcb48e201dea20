-- What comes once the release is served: the project's own hooks, and the end of releases that nobody goes back to.

local site = (require "./site").of(node)

if site.is_blue_green then
  setting(`servers of {site.name} that do not serve`) {
    get = site.step("idle", site.switched),
    unset = site.step "retire",
    timeout = 3 * node.django_app.request_timeout + 60,
    action = "remove",
  }
end

if node.django_app.release == "" then
  execute(`hooks after the deployment of {site.name}`) {
    command = site.step("post-deploy"),
    creates = `{site.steps}/post-deploy`,
  }

  execute(`old releases of {site.name}`) {
    command = site.step("prune"),
    creates = `{site.steps}/pruned`,
  }
end
