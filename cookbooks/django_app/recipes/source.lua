-- The source as it is now, and whether it can be deployed at all: what lists its packages, what its settings are called,
-- which Python it wants. A release is made of a copy. To go back to a release that is there nothing is fetched.

local site = (require "./site").of(node)
local wanted = node.django_app
local source = wanted.source

if wanted.release == "" then
  local steps = { "delete", `directory[{site.steps}]`, "before" }
  local repository, tarball = node:get("django_app.source.git"), node:get("django_app.source.tarball")

  if repository then
    package(node.names.git.packages)

    -- Fetched as the site's user: a repository is other people's input.
    directory(site.source) { owner = site.name, group = site.name, mode = "0750" }

    local key, hosts = node:get("django_app.source.deploy_key"), node:get("django_app.source.known_hosts")
    if hosts then
      file(`{site.config}/known_hosts`) { content = hosts, group = site.name, mode = "0640" }
    end
    if key then
      file(`{site.config}/deploy_key`) { content = secret(key), owner = site.name, mode = "0400" }
    end

    -- What is there needs no network: a host of repositories that is down stops only who wants something new.
    local fetched = `{site.base}/fetched`
    local what = `{repository} {source.revision}`
    local reached = [[[ "$(cat "$FETCHED" 2>/dev/null)" != "$WHAT" ] || timeout 20 git ls-remote --exit-code -q -- "$REPOSITORY" >/dev/null 2>&1]]
    local ssh = { "ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes" }
    if hosts then table.insert(ssh, `-o UserKnownHostsFile={site.config}/known_hosts`) end
    if key then table.insert(ssh, `-i {site.config}/deploy_key -o IdentitiesOnly=yes`) end

    git(site.source) {
      repository = repository,
      revision = source.revision,
      user = site.name,
      ssh_key = if key then `{site.config}/deploy_key` else nil,
      known_hosts = if hosts then `{site.config}/known_hosts` else nil,
      local_changes = "discard",
      only_if = {
        command = reached,
        user = site.name,
        environment = {
          FETCHED = fetched, WHAT = what, REPOSITORY = repository,
          GIT_TERMINAL_PROMPT = "0", GIT_SSH_COMMAND = table.concat(ssh, " "),
        },
      },
      notifies = steps,
    }
    file(fetched) { content = what, group = site.name, mode = "0640" }
  elseif tarball then
    remote_file(`{site.base}/source.tar`) {
      source = tarball,
      checksum = source.checksum,
      mode = "0600",
      notifies = steps,
    }
    archive_file(`{site.base}/source.tar`) {
      destination = site.source,
      checksum = source.checksum,
      strip_components = source.strip,
      group = site.name,
      mode = "0750",
      overwrite = true,
      notifies = steps,
    }
  else
    remote_directory(site.source) {
      source = node:get("django_app.source.path", "sample"),
      group = site.name,
      mode = "0750",
      files_mode = "0640",
      files_backup = 0,
      purge = true,
      notifies = steps,
    }
  end

  if #wanted.system_packages > 0 then package(wanted.system_packages) end

  setting(`source of {site.name}`) {
    -- Named so that a plan knows what it is read from.
    get = site.step("look", site.json, site.source),
    value = "usable",
    set = site.step("look"),
    why = "what can't be deployed is found before anything else is changed",
  }

  package(node.names.nodejs.packages) { only_if = site.step "lacks-npm" }
end
