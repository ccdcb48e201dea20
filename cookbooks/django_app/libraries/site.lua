-- Where everything of the site is: the one place that knows the layout.

return {
  of = function(node)
    local wanted = node.django_app
    local base = `/srv/{wanted.name}`
    local release = `{base}/releases/{wanted.release}`
    local systemd = node.init_package == "systemd"

    return {
      name = wanted.name,
      base = base,
      data = `{base}/shared/data`,
      media = `{base}/shared/media`,
      current = `{base}/current`,

      release = release,
      src = `{release}/src`,
      venv = `{release}/venv`,
      overlay = `{release}/overlay`,
      static = `{release}/static`,
      -- What has been done to the release: one empty file for each step, because no other trace tells.
      done = `{release}/done`,

      config = `/etc/{wanted.name}`,
      env = `/etc/{wanted.name}/env`,
      run = `/usr/local/bin/{wanted.name}-run`,
      manage = `/usr/local/bin/{wanted.name}-manage`,

      systemd = systemd,
      unit = `{wanted.name}-web`,
      -- The socket unit keeps its socket outside of any directory that the service's end would take away.
      socket = if systemd then `/run/{wanted.name}-web.sock` else `{base}/run/web.sock`,
      -- There from the start of the server on, until something changes that it has to be started again for.
      started = `{base}/started`,
      log = `/var/log/supervisor/{wanted.name}.log`,
    }
  end,
}
