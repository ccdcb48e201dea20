-- Of two servers the one that serves: as it is wanted, also if somebody stopped it, or it gave up.

local site = (require "./site").of(node)
local _, configuration = (require "./blue_green")(node, render("run.hbs", site.run_variables))

setting(`server of {site.name}`) {
  get = site.step("running", site.switched),
  value = configuration,
  set = site.step "serve",
  timeout = node.django_app.health.start + 4 * node.django_app.request_timeout + 120,
  on_failure = { { "run", `execute[way back of {site.name}]` } },
}
