-- What a release needs before it can be served, each once for each content of it. A failure ends the run here, and the
-- release before goes on serving. After a migration it does so on the new tables: let a migration that takes something
-- away come one release later than the code that stopped using it.

local site = (require "./site").of(node)
local wanted = node.django_app

directory(site.done) { owner = site.name, group = site.name, mode = "0755" }
directory(site.static) { owner = site.name, group = site.name, mode = "0755" }

local function once(what, step, command)
  execute(`{what} of {site.name} {wanted.release}`) {
    command = `{site.run} {command} && touch {site.done}/{step}`,
    environment = { RELEASE = site.release },
    user = site.name,
    umask = if step == "static" then "0022" else "0027",
    creates = `{site.done}/{step}`,
  }
end

once("static files", "static", "python manage.py collectstatic --noinput")
once("migrations", "migrated", "python manage.py migrate --noinput")
once("trial", "tried", `python -m chefrs_try {wanted.domain} '{wanted.health.path}' {wanted.health.expect}`)
