"""gunicorn's configuration. What the project's own gunicorn.conf.py says is kept, unless it decides what is the machine's
to decide: where it listens, as whom it runs, when it forks."""

import os

from chefrs_ready import ready

_OURS = {
    "bind", "chdir", "config", "daemon", "group", "initgroups", "pidfile", "preload_app", "print_config", "proc_name",
    "pythonpath", "raw_env", "reload", "reload_engine", "reload_extra_files", "reuse_port", "tmp_upload_dir", "umask", "user",
    "worker_tmp_dir", "wsgi_app", "workers", "threads", "timeout", "graceful_timeout", "accesslog", "errorlog", "capture_output",
    "certfile", "keyfile", "ca_certs", "secure_scheme_headers", "forwarded_allow_ips", "statsd_host", "check_config",
}


def _of_project():
    if not os.path.isfile("gunicorn.conf.py"):
        return {}
    said = {"__file__": os.path.abspath("gunicorn.conf.py"), "__name__": "gunicorn_conf"}
    with open("gunicorn.conf.py", encoding="utf-8") as file:
        exec(compile(file.read(), said["__file__"], "exec"), said)
    return {name: value for name, value in said.items() if not name.startswith("_") and name not in _OURS}


globals().update(_of_project())

# A trial and the server that is in use would share one.
control_socket_disable = True

try:
    # gunicorn before 20 has no threads in today's Python.
    import gunicorn.workers.gthread  # noqa: F401

    threads = int(os.environ.get("SITE_THREADS", "1"))
except ImportError:
    threads = 1

# The peer of a socket is nginx, which says in a header who asks.
if "access_log_format" not in globals():
    access_log_format = '%({x-real-ip}i)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"'

_post_worker_init = globals().get("post_worker_init")


def post_worker_init(worker):
    if _post_worker_init:
        _post_worker_init(worker)
    ready()
