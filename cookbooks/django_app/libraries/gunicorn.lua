-- gunicorn's command line, as systemd and supervisor both take it.

return {
  command = function(node)
    local wanted = node.django_app
    return table.concat({
      "gunicorn",
      `--workers {wanted.workers}`,
      `--threads {wanted.threads}`,
      `--timeout {wanted.request_timeout}`,
      `--graceful-timeout {wanted.request_timeout}`,
      -- The directory of the heartbeat files: a disk that stalls must not look like a worker that hangs.
      "--worker-tmp-dir /dev/shm",
      "--access-logfile -",
      "chefrs_wsgi",
    }, " ")
  end,
}
