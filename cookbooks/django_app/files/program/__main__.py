"""The steps of a deployment on the machine: `django-site NAME STEP [ARGUMENT...]`.

Each verb can be repeated: what is done for a release is not done again. What a person has to know is one sentence on
standard error, and the exit status is not 0.
"""

import importlib
import os
import sys

from site_of import Site, Problem

# Functions by the module that has them: a step reads no other.
VERBS = {
    "look": "source.look",
    "lacks-npm": "source.lacks_npm",
    "lay": "releases.lay",
    "install": "build.install",
    "prepare": "build.prepare",
    "deploy-check": "build.deploy_check",
    "static": "build.static",
    "migrate": "database.migrate",
    "release-task": "build.release_task",
    "trial": "trial.trial",
    "switch": "releases.switch",
    "post-deploy": "build.post_deploy",
    "clear-sessions": "build.clear_sessions",
    "serves": "servers.serves",
    "retire": "servers.retire",
    "serve": "releases.serve",
    "is-running": "running.is_running",
    "running": "running.running",
    "is-answered": "served.is_answered",
    "back": "served.back",
    "prune": "releases.prune",
    "scale": "processes.scale",
    "unscale": "processes.unscale",
    "releases": "releases.show",
    "config": "releases.show_variables",
    "backup": "backups.backup",
    "restore": "backups.restore",
    "replace": "backups.replace",
}


# What changes releases or data, one at a time.
ALONE = {"lay", "install", "prepare", "deploy-check", "static", "migrate", "release-task", "trial", "switch", "serve", "retire",
         "post-deploy", "back", "prune", "restore"}


def main(name, verb, *arguments):
    try:
        site = Site(name)
        # The parts that the site's user does belong to a step that has begun.
        if verb in ALONE and os.geteuid() == 0:
            site.begin()
        module, function = VERBS[verb].split(".")
        getattr(importlib.import_module(module), function)(site, *arguments)
    except Problem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main(*sys.argv[1:])
