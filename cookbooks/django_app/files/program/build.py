"""What is done to a release before it is served, as the site's user. Each step leaves a file in `done`."""

import json
import sys
from pathlib import Path

import frontend
import packages
import source
from site_of import Problem


def once(step):
    """Makes a function of a site and a release a step: once for each release, and a mark that it was done."""
    def decorate(function):
        def call(site):
            release = site.release(site.next)
            mark = release / "done" / step
            if not mark.exists():
                function(site, release)
                mark.touch()
            site.step(step)
        return call
    return decorate


@once("installed")
def install(site, release):
    """The virtual environment: what the source lists, and what it lacks to be served."""
    packages.install(site, release)


@once("prepared")
def prepare(site, release):
    for command in site.wanted["pre_build"]:
        site.must(f"django_app.pre_build: {command}", ["sh", "-c", command], release)
    frontend.build(site, source.Project(site, release / "src"), release)


def facts(site, release):
    """What the project says of itself, once its settings are read."""
    done = site.call(["python", "-m", "chefrs_facts"], release, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise Problem("the project's settings can't be read")
    return json.loads(done.stdout.splitlines()[-1])


@once("checked")
def deploy_check(site, release):
    mode = site.wanted["deploy_check"]
    if mode == "off":
        return
    done = site.call(["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], release)
    if done.returncode and mode == "fail":
        raise Problem('`manage.py check --deploy` has objections, and django_app.deploy_check is "fail"')


@once("static")
def static(site, release):
    found = facts(site, release)
    if not site.wanted["collectstatic"] or not found["staticfiles"]:
        return
    site.must("collectstatic", ["python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], release)
    if found["compress"]:
        site.must("compress", ["python", "manage.py", "compress", "--verbosity", "0"], release)
    place, collected = found["static_root"], release / "static"
    # Settings of a project that has no overlay may collect them elsewhere; nginx serves ours.
    if place and Path(place).resolve() != collected.resolve() and Path(place).is_dir():
        _must(site, "copying static files", ["cp", "-R", "--", f"{place}/.", collected])
    # The web server reads them, whatever modes a project gives to them.
    _must(site, "chmod", ["chmod", "-R", "u+rwX,go+rX", "--", collected])


def _must(site, what, command):
    if site.as_user(command).returncode:
        raise Problem(f"{what} failed")


@once("release-task")
def release_task(site, release):
    if site.wanted["primary"]:
        for command in site.wanted["release_task"]:
            site.must(f"django_app.release_task: {command}", ["sh", "-c", command], release)


@once("post-deploy")
def post_deploy(site, release):
    if site.wanted["primary"]:
        for command in site.wanted["post_deploy"]:
            site.must(f"django_app.post_deploy: {command}", ["sh", "-c", command], release)


def clear_sessions(site):
    release = site.release(site.current)
    if facts(site, release)["sessions"]:
        site.must("clearsessions", ["python", "manage.py", "clearsessions"], release)
