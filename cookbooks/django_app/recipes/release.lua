-- The release: a copy of the source, with its virtual environment, beside the release that is served. Each step is done
-- once for each release; a failure ends the run here, and the release before goes on serving. After a migration it does
-- so on the new tables: let a migration that takes something away come one release later than the code that stopped
-- using it.

local site = (require "./site").of(node)

local function once(what, verb, done)
  execute(`{what} of {site.name}`) {
    command = site.step(verb),
    creates = `{site.steps}/{done or verb}`,
  }
end

once("release", "lay", "laid")

-- A release that was served once has all of it.
if node.django_app.release == "" then
  once("packages", "install", "installed")
  once("preparation", "prepare", "prepared")
  once("deploy check", "deploy-check", "checked")
  once("static files", "static")
  once("migrations", "migrate", "migrated")
  once("release task", "release-task")
end
