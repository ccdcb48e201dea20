-- The source and its virtual environment, in a directory of their own beside the release that is served.

local site = (require "./site").of(node)
local wanted = node.django_app
local source = wanted.source

directory(site.release) { mode = "0755" }
directory(site.done) { owner = site.name, group = site.name, mode = "0755" }

-- A release under the same name can get new content: a branch that moved on, a directory that was edited. What was
-- done for the old content then has to be done again.
local again = {}
for _, step in ipairs({ "static", "migrated", "tried" }) do
  local done = file(`{site.done}/{step}`) { action = "nothing" }
  table.insert(again, { "delete", done, "immediately" })
end
table.insert(again, { "delete", `file[{site.started}]`, "immediately" })

local git_url = node:get("django_app.source.git")
local tarball = node:get("django_app.source.tarball")

if git_url then
  package "git"
  -- Fetched as the site's user: a repository is other people's input.
  directory(site.src) { owner = site.name, group = site.name, mode = "0750" }
  git(site.src) {
    repository = git_url,
    revision = source.revision,
    user = site.name,
    notifies = again,
  }
elseif tarball then
  remote_file(`{site.release}/source.tar`) {
    source = tarball,
    checksum = source.checksum,
    mode = "0600",
  }
  archive_file(`{site.release}/source.tar`) {
    destination = site.src,
    checksum = source.checksum,
    strip_components = source.strip,
    group = site.name,
    mode = "0750",
    notifies = again,
  }
else
  remote_directory(site.src) {
    source = node:get("django_app.source.path", "sample"),
    group = site.name,
    mode = "0750",
    files_mode = "0640",
    files_backup = 0,
    purge = true,
    notifies = again,
  }
end

remote_directory(site.overlay) {
  source = "overlay",
  group = site.name,
  mode = "0750",
  files_mode = "0640",
  files_backup = 0,
  purge = true,
  notifies = again,
}

python_venv(site.venv) {
  python = wanted.python,
  requirements = `{site.src}/{wanted.requirements}`,
  packages = wanted.packages,
  user = site.name,
  -- A home that pip may write its cache to.
  environment = { HOME = site.data },
  notifies = again,
}
