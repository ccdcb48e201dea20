-- The source and its virtual environment, in a directory of their own beside the release that is served.

local own = require "."
local site = (require "./site").of(node)
local wanted = node.django_app

-- A release under the same name can get new content: a branch that moved on, a directory that was edited. What was
-- done for the old content then has to be done again.
local again = { { "delete", `file[{site.started}]`, "immediately" } }
for _, step in ipairs({ "static", "migrated", "tried" }) do
  local done = file(`{site.done}/{step}`) { action = "nothing" }
  table.insert(again, { "delete", done, "immediately" })
end

own.release(site.release) {
  user = site.name,
  home = site.data,
  path = node:get("django_app.source.path", "sample"),
  git = node:get("django_app.source.git"),
  revision = wanted.source.revision,
  tarball = node:get("django_app.source.tarball"),
  checksum = node:get("django_app.source.checksum"),
  strip = wanted.source.strip,
  requirements = wanted.requirements,
  packages = wanted.packages,
  index_url = node:get("django_app.index_url"),
  wheels = node:get("django_app.wheels"),
  python = wanted.python,
  notifies = again,
}
