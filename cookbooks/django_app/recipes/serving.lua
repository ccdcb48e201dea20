-- Of two servers the one that serves: somebody stopped it, or it gave up. As it is wanted it was started for its trial.

local site = (require "./site").of(node)

setting(`server of {site.name}`) {
  get = site.step "serves",
  value = "serves",
  set = site.step "serve",
  timeout = node.django_app.health.start + 4 * node.django_app.request_timeout + 120,
  on_failure = { { "run", `execute[way back of {site.name}]` } },
}
