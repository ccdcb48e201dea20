-- What comes once the release is served: the project's own hooks, and the end of releases that nobody goes back to.

local site = (require "./site").of(node)

if site.is_blue_green then
  execute(`end of the server before of {site.name}`) {
    command = site.step "retire",
    creates = `{site.steps}/retired`,
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
