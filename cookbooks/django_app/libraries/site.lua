-- Where everything of the site is: the one place that knows the layout.

-- Characters that a directory may not have become dashes: "feature/login" is released as "feature-login-…".
local function as_name(text) return (text:gsub("[^%w._-]", "-")) end

-- What a release is called before the digest of what it is made of; empty for the commit of a branch.
local function label(node)
  local checksum = node:get("django_app.source.checksum")
  if checksum then return checksum:sub(1, 12) end
  local revision = node.django_app.source.revision
  if node:get("django_app.source.git") then return if revision == "HEAD" then "" else as_name(revision) end
  return if node:get("django_app.source.path") then "local" else "sample"
end

-- A directory of its own for each kind of source, so that one can follow another.
local function kind(node)
  for _, each in ipairs({ "git", "tarball" }) do
    if node:get(`django_app.source.{each}`) then return each end
  end
  return "directory"
end

return {
  of = function(node)
    local wanted = node.django_app
    local name, base = wanted.name, `/srv/{wanted.name}`
    local systemd = node.init_package == "systemd"
    local is_blue_green = wanted.restart_mode == "blue_green"
    local domains = { wanted.domain }
    for _, alias in ipairs(wanted.aliases) do
      if not table.find(domains, alias) then table.insert(domains, alias) end
    end
    local is_behind_proxy = #wanted.trusted_proxies > 0
    local has_tls = wanted.tls ~= "none"

    return {
      name = name,
      domains = domains,
      label = label(node),
      scheme = if has_tls or is_behind_proxy then "https" else "http",
      has_tls = has_tls,
      is_behind_proxy = is_behind_proxy,

      base = base,
      sources = `{base}/source`,
      source = `{base}/source/{kind(node)}`,
      data = `{base}/shared/data`,
      media = `{base}/shared/media`,
      backups = `{base}/shared/backups`,
      next = `{base}/next`,
      current = `{base}/current`,
      -- One file for each step of the deployment of what is wanted now. They go before anything changes that a
      -- release is made of.
      steps = `{base}/steps`,

      -- Is there while the task `scale` holds.
      scaled = `{base}/scaled`,

      config = `/etc/{name}`,
      env = `/etc/{name}/env`,
      json = `/etc/{name}/site.json`,
      run = `/usr/local/bin/{name}-run`,

      -- For the template of the command that runs a program as the site would.
      run_variables = {
        command = `/usr/local/bin/{name}-run`,
        name = name,
        base = base,
        overlay = wanted.settings_overlay == "auto",
      },

      -- nginx reads it.
      passwords = `/etc/nginx/{name}.passwords`,
      -- What visitors see while nothing is served.
      unavailable = `{base}/unavailable`,
      certificate = if wanted.tls == "files" then wanted.certificate
        elseif wanted.tls == "acme" then `/etc/{name}/certificate.pem`
        else `/etc/{name}/self_signed.crt`,
      certificate_key = if wanted.tls == "files" then wanted.certificate_key
        elseif wanted.tls == "acme" then `/etc/{name}/certificate.key`
        else `/etc/{name}/self_signed.key`,
      challenges = `{base}/challenges`,

      systemd = systemd,
      unit = `{name}-web`,
      -- The socket unit keeps its socket outside of any directory that the service's end would take away.
      -- Of two servers nginx asks whom a link names.
      is_blue_green = is_blue_green,
      servers = `{base}/servers`,
      socket = if is_blue_green then `{base}/servers/serving`
        elseif systemd then `/run/{name}-web.sock`
        else `{base}/run/web.sock`,
      -- The directory of its log files. Without one the journal has the log, where systemd runs.
      logs = if wanted.log_dir ~= "" then `{wanted.log_dir}/{name}` else nil,
      journal = systemd and wanted.log_dir == "",
      log = if wanted.log_dir ~= "" then `{wanted.log_dir}/{name}/web.log` else `/var/log/supervisor/{name}.log`,

      -- A step of the deployment, as a command.
      step = function(...) return { "/usr/local/sbin/django-site", name, ... } end,
    }
  end,
}
