"""The front end of a project: what npm builds before static files are collected."""

import json
import re
import shutil
import subprocess

from site_of import Problem

# Lock files of others than npm, and the commands that a person would type.
OTHERS = {
    "yarn.lock": '["yarn install --frozen-lockfile", "yarn build"]',
    "pnpm-lock.yaml": '["pnpm install --frozen-lockfile", "pnpm build"]',
    "bun.lock": '["bun install --frozen-lockfile", "bun run build"]',
    "bun.lockb": '["bun install --frozen-lockfile", "bun run build"]',
}

# Directories whose package.json builds nothing that a site serves.
NOT_SERVED = {"doc", "docs", "e2e", "example", "examples", "node_modules", "test", "tests"}


def directory(project):
    """The directory below a source whose package.json has a build script; None if there is nothing to build."""
    wanted, root = project.wanted, project.root
    said = wanted["frontend"]
    if said == "off":
        return None
    if said != "auto":
        if not _builds(root / said):
            raise Problem(f'{said}/package.json of the source has no script "build": django_app.frontend is "{said}"')
        return root / said
    # Who has said it all in hooks is not asked for more.
    if any(re.search(r"\b(npm|npx|yarn|pnpm|bun)\b", command) for command in wanted["pre_build"]):
        return None
    places = dict.fromkeys((root, project.directory))
    below = [each for place in places for each in sorted(place.iterdir())
             if each.is_dir() and not each.is_symlink() and each.name not in NOT_SERVED and not each.name.startswith(".")]
    for level in (list(places), list(dict.fromkeys(below))):
        found = [place for place in level if _builds(place)]
        if len(found) > 1:
            names = " and ".join(project.below(place) for place in found)
            raise Problem(f'the source has a package.json with a script "build" in {names}: say which one counts with '
                          f'django_app.frontend = "{project.below(found[0])}", or that none does with "off"')
        if found:
            return found[0]
    return None


def look(project):
    """Says what is wrong with a front end, before anything is installed for it."""
    place = directory(project)
    if not place or (place / "package-lock.json").is_file():
        return place
    for name, commands in OTHERS.items():
        if (place / name).is_file():
            raise Problem(f"{project.below(place / name)} is not a lock file of npm: say how it is built with django_app.pre_build = "
                          f"{commands}, and what that takes with django_app.system_packages")
    return place


def is_lacking(place):
    """Whether npm has to be installed."""
    return bool(place) and not shutil.which("npm")


def build(site, project, release):
    place = directory(project)
    if not place:
        return
    manifest = _manifest(place)
    cache = site.environments / "tool-npm"
    cache.mkdir(exist_ok=True)
    site.own(cache, site.name)
    quiet = {"npm_config_cache": str(cache), "npm_config_update_notifier": "false", "npm_config_fund": "false",
             "npm_config_audit": "false", "npm_config_loglevel": "warn"}
    has_lock = any((place / name).is_file() for name in ("package-lock.json", "npm-shrinkwrap.json"))
    if has_lock or any(manifest.get(kind) for kind in ("dependencies", "devDependencies", "workspaces")):
        verb = "ci" if has_lock else "install"
        # Scripts of packages have no business with the site's secrets.
        done = site.as_user(["npm", verb, "--include=dev"], cwd=place, env=quiet)
        _judge(site, f"npm {verb}", done, manifest)
    words = ["env", "-C", place, *(f"{name}={value}" for name, value in quiet.items()), "npm", "run", "build"]
    _judge(site, "npm run build", site.call(words, release), manifest)


def _judge(site, what, done, manifest):
    if not done.returncode:
        return
    asked = manifest.get("engines", {}).get("node")
    has = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    more = f". package.json asks for Node {asked}, and this machine has {has}" if asked else ""
    raise Problem(f"{what} failed with the exit status {done.returncode}: {site.meanwhile()}{more}")


def _manifest(place):
    path = place / "package.json"
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Problem(f"{path.name} of the source can't be read: {error}") from None
    return found if isinstance(found, dict) else {}


def _builds(place):
    return "build" in (_manifest(place).get("scripts") or {})
