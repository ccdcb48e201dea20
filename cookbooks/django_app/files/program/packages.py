"""The virtual environment of a release: what its source lists, installed as the source's own tool would.

It is in a directory named by what it is made of, so that releases with the same packages share it, and a failed one is
never in use.
"""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import interpreters
import locks
import releases
from interpreters import index, must
from site_of import Problem

INCLUDED = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)", re.M)
# A requirement that is a part of the source can't be shared with another source.
LOCAL = re.compile(r"^\s*(?:-e\b|--editable\b|\.|file:|\S+\s*@\s*file:)", re.M)


def install(site, release):
    about = releases.about(release)
    kind, listed = about["PACKAGES_KIND"], release / "src" / about["PACKAGES_FILE"]
    python = interpreters.path(site, about["PYTHON"])
    texts = _texts(listed)
    if kind == "uv":
        texts.append((listed.with_name("pyproject.toml")).read_bytes())
    version = subprocess.run([python, "-VV"], capture_output=True, check=True).stdout
    parts = [kind, str(Path(python).resolve()), version.decode(), json.dumps(site.wanted["packages"], sort_keys=True)]
    if any(LOCAL.search(text.decode(errors="replace")) for text in texts):
        parts.append(release.name)
    name = hashlib.sha256(b"\0".join([*(part.encode() for part in parts), *texts])).hexdigest()[:12]
    environment = site.environments / name
    if not (environment / "complete").exists():
        _build(site, release, environment, python, kind, listed)
    site.point(release / "venv", environment)


def _texts(path):
    """A list of packages, and the ones that it includes."""
    seen, waiting = {}, [path]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen[path] = path.read_bytes()
        if path.suffix in (".txt", ".in"):
            waiting += [(path.parent / each).resolve() for each in INCLUDED.findall(seen[path].decode(errors="replace"))]
    return [seen[path] for path in sorted(seen)]


def _build(site, release, environment, python, kind, listed):
    # The marks of an attempt that was cut off, or of another interpreter, are not trusted.
    shutil.rmtree(environment, ignore_errors=True)
    environment.mkdir()
    requirements = environment / "requirements.txt"
    if kind in ("poetry", "pipenv", "pyproject"):
        requirements.write_text(locks.requirements(kind, listed), encoding="utf-8")
    site.own(environment, site.name)
    must(site, [python, "-m", "venv", environment], "python -m venv")
    pip = [environment / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *index(site)]
    folder = listed.parent
    if kind == "pip":
        must(site, [*pip, "-r", listed], f"pip install -r {listed.name}", cwd=folder)
    elif kind == "uv":
        _with_uv(site, environment, python, pip, folder)
    else:
        exact = [] if kind == "pyproject" else ["--no-deps"]
        must(site, [*pip, *exact, "-r", requirements], f"pip install with {listed.name}", cwd=folder)
    for extra in site.wanted["packages"]["extra"]:
        must(site, [*pip, extra], f"pip install {extra}")
    _add_server(site, environment, pip)
    _add_driver(site, environment, pip)
    site.own(environment)
    environment.chmod(0o755)
    (environment / "complete").touch()


def _with_uv(site, environment, python, pip, folder):
    env = {"UV_PYTHON": python, "UV_PYTHON_DOWNLOADS": "never", "UV_PROJECT_ENVIRONMENT": str(environment)}
    uv = [interpreters.uv(site), "--quiet", "--no-config", "--project", folder]
    if not index(site):
        must(site, [*uv, "sync", "--locked", "--no-default-groups", "--no-install-project", "--compile-bytecode", "--inexact"],
             "uv sync --locked", env=env, cwd=environment)
        return
    # The lock names the index that it was made with, and here another one is asked: the digests count all the same.
    requirements = environment / "requirements.txt"
    must(site, [*uv, "export", "--frozen", "--offline", "--no-default-groups", "--no-emit-workspace", "--no-header",
                "--output-file", requirements], "uv export", env=env, cwd=environment, stdout=subprocess.DEVNULL)
    must(site, [*pip, "--no-deps", "-r", requirements], "pip install with uv.lock", cwd=folder)


def _has(site, environment, *modules):
    """The first of some modules that the environment has."""
    for module in modules:
        found = site.as_user([environment / "bin/python", "-c", f"import {module}"], capture_output=True, cwd="/")
        if not found.returncode:
            return module
    return None


def _add_server(site, environment, pip):
    """The project's own server counts. One of ours comes where it has none."""
    server = site.wanted["packages"]["server"]
    if _has(site, environment, server["module"]):
        return
    if site.wanted["packages"]["server_install"] == "never":
        raise Problem(f"the source lists no {server['module']}, and django_app.server_install is \"never\"")
    must(site, [*pip, *server["packages"]], f"pip install {' '.join(server['packages'])}")


def _add_driver(site, environment, pip):
    if site.wanted["packages"]["database"] != "postgres" or _has(site, environment, "psycopg", "psycopg2"):
        return
    code = "import django, sys; sys.exit(django.VERSION < (4, 2))"
    new = site.as_user([environment / "bin/python", "-c", code], cwd="/").returncode == 0
    driver = "psycopg[binary]==3.2.13" if new else "psycopg2-binary==2.9.10"
    must(site, [*pip, driver], f"pip install {driver}")

