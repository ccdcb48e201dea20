"""uv, and the Python that it installs where the machine's own is not the one that a project needs."""

import hashlib
import shutil
import sys
from pathlib import Path

from site_of import Problem

UV = "uv==0.8.24"
# What stands before the version that is asked for, where a path would name an interpreter of the machine.
MANAGED = "managed:"
NEWEST = "3.13"


def path(site, named):
    """The interpreter of a release. uv installs it unless it is there, and checks its digest."""
    if not named.startswith(MANAGED):
        return named
    asked = named[len(MANAGED):]
    mirror = site.wanted["packages"]["python_mirror"]
    # Another uv knows other versions.
    place = site.environments / f"tool-python-{hashlib.sha256(f'{UV} {asked} {mirror}'.encode()).hexdigest()[:12]}"
    # A list of uv says digests itself; an address is where the files of its own list are.
    where = {"UV_PYTHON_DOWNLOADS_JSON_URL" if mirror.endswith(".json") else "UV_PYTHON_INSTALL_MIRROR": mirror} if mirror else {}
    env = {"UV_PYTHON_INSTALL_DIR": str(place), "UV_PYTHON_PREFERENCE": "only-managed", **where}
    words = [uv(site), "--no-config", "--no-progress", "python"]
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        site.own(place, site.name)
        must(site, [*words, "install", "--no-bin", asked], f"uv python install {asked}", env=env)
        site.own(place)
        place.chmod(0o755)
        (place / "complete").touch()
    found = site.as_user([*words, "find", "--no-project", "--no-python-downloads", asked], env=env, capture_output=True, text=True)
    interpreter = Path(found.stdout.strip())
    if found.returncode or not interpreter.is_relative_to(place):
        raise Problem(f"uv has installed Python {asked}, and does not find it: {found.stderr.strip()}")
    return str(interpreter)


def uv(site):
    """The program uv, in an environment of its own."""
    tool = site.environments / "tool-uv"
    if not (tool / "complete").exists():
        shutil.rmtree(tool, ignore_errors=True)
        tool.mkdir()
        site.own(tool, site.name)
        must(site, [sys.executable, "-m", "venv", tool], "python -m venv")
        install = [tool / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        must(site, [*install, *index(site), UV], f"pip install {UV}")
        site.own(tool)
        (tool / "complete").touch()
    return tool / "bin/uv"


def index(site):
    """The words that tell pip where packages are."""
    wanted = site.wanted["packages"]
    words = ["--no-index", "--find-links", wanted["wheels"]] if wanted["wheels"] else []
    return words + (["--index-url", wanted["index_url"]] if wanted["index_url"] else [])


def must(site, command, what, **options):
    done = site.as_user(command, **options)
    if done.returncode:
        raise Problem(f"{what} failed with the exit status {done.returncode}: {site.meanwhile()}")


def prune(site):
    """Removes the interpreters that no environment uses."""
    used = [folder.resolve() for folder in site.environments.glob("*/bin/python")]
    for place in site.environments.glob("tool-python-*"):
        if not any(interpreter.is_relative_to(place) for interpreter in used):
            shutil.rmtree(place)
