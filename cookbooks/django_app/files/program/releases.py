"""Releases: a directory each, named by what it is made of, so that whatever matters and changes is another release.

    releases/v1.4-3fa9c2d1/
        src        the source, as hooks have left it
        venv       -> environments/…, which releases with the same packages share
        overlay    what is laid over the project's settings
        static     collected static files, and for a week those of the releases before: carried.json names them
        env        the environment, with secrets
        serve      the command of its server, for the shell; trial.json: that of its trial
        about      what the source is, for the shell
        done/      a file for each step that was done for it

`next` names the release that is wanted, `current` the one that is served, `previous` the one before it.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import stat
from pathlib import Path

import carried
import interpreters
import servers
import trial
from site_of import Problem
from source import Project

PROGRAM = Path(__file__).resolve().parent
LEFT_OUT = shutil.ignore_patterns(".git", "__pycache__", "*.pyc")


def lay(site):
    """Has `next` name the release that is wanted, and makes its directory unless it is there."""
    said = site.wanted["release"]
    release = _found(site, said) if said else _made(site)
    site.point(site.next, release)
    site.step("laid")


def _found(site, said):
    there = sorted(folder.name for folder in site.releases.glob("*") if (folder / "done/tried").exists())
    if said in there:
        return site.releases / said
    near = [name for name in there if name.startswith(said)]
    if len(near) == 1:
        return site.releases / near[0]
    names = ", ".join(there) or "none"
    raise Problem(f'django_app.release is "{said}", and no release of that name was ever ready to be served. There are: {names}')


def _made(site):
    source = Path(site.wanted["source"])
    project = Project(site, source)
    kind, packages = project.installer()
    about = {
        "PROJECT_DIRECTORY": project.below(project.directory),
        "PROJECT_SETTINGS_MODULE": project.settings(),
        "PROJECT_PATHS": ":".join(project.below(path) for path in project.paths),
        "PACKAGES_KIND": kind,
        "PACKAGES_FILE": project.below(packages),
        "PYTHON": project.python(),
    }
    environment = Path(site.wanted["env"])
    label = site.wanted["label"] or _revision(source)
    digest = _digest_of(source)
    parts = [digest, _digest_of(PROGRAM / "overlay"), _sum(environment.read_bytes()),
             json.dumps([site.wanted["build"], about], sort_keys=True)]
    release = site.releases / f"{label}-{_sum('/'.join(parts).encode())[:8]}"
    if release.exists():
        return release
    new = site.releases / f".new-{release.name}"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    shutil.copytree(source, new / "src", symlinks=True, ignore=LEFT_OUT)
    if _digest_of(new / "src") != digest:
        raise Problem("the source has changed while it was copied: run again")
    _share(site, new / "src")
    shutil.copytree(PROGRAM / "overlay", new / "overlay", ignore=LEFT_OUT)
    shutil.copyfile(environment, new / "env")
    lines = [f"{key}={shlex.quote(value)}\n" for key, value in about.items()]
    (new / "about").write_text("".join(lines), encoding="utf-8")
    build = site.wanted["build"]
    serve = f"export SITE_THREADS={build['threads']}\nset -- {shlex.join(build['serve'])}\n"
    (new / "serve").write_text(serve, encoding="utf-8")
    (new / "trial.json").write_text(json.dumps([build["trial"], build["threads"]]), encoding="utf-8")
    for folder in ("static", "done"):
        (new / folder).mkdir()
    for place, mode in (("overlay", 0o750), ("env", 0o640), ("about", 0o640), ("serve", 0o640)):
        (new / place).chmod(mode)
    site.own(new)
    # Hooks and commands of the project may write here until the release is served.
    for folder in ("src", "static"):
        (new / folder).chmod(0o755 if folder == "static" else 0o750)
        site.own(new / folder, site.name)
    new.chmod(0o755)
    os.sync()
    new.rename(release)
    return release


def _share(site, src):
    """Puts links to directories that outlive releases into a source."""
    for name in site.wanted["shared_directories"]:
        shared, place = site.base / "shared/directories" / name, src / name
        if not shared.exists():
            if place.is_dir():
                shutil.copytree(place, shared, symlinks=True)
            else:
                shared.mkdir(parents=True)
            site.own(shared, site.name)
            shared.chmod(0o750)
        if place.is_symlink() or place.is_file():
            place.unlink()
        elif place.is_dir():
            shutil.rmtree(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(shared)


def _revision(source):
    """The commit of a working copy, for a branch that moves."""
    head = source / ".git/HEAD"
    text = head.read_text().strip() if head.exists() else ""
    return text[:12] if re.fullmatch(r"[0-9a-f]{40}", text) else "head"


def _sum(data):
    return hashlib.sha256(data).hexdigest()


def _digest_of(folder):
    """A digest of names, contents, permissions to execute and links of a directory."""
    found = hashlib.sha256()
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in (".git", "__pycache__"))
        for name in sorted(files + [name for name in folders if os.path.islink(os.path.join(root, name))]):
            path = os.path.join(root, name)
            # A working copy within another has a file of that name.
            if name == ".git" or name.endswith(".pyc"):
                continue
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                kind, content = "link", os.readlink(path).encode()
            else:
                with open(path, "rb") as file:
                    kind, content = "x" if status.st_mode & 0o100 else "-", file.read()
            found.update(f"{os.path.relpath(path, folder)}\0{kind}\0{_sum(content)}\n".encode())
    return found.hexdigest()


def about(release):
    """What was found in the source of a release."""
    pairs = (shlex.split(line)[0].split("=", 1) for line in (release / "about").read_text(encoding="utf-8").splitlines())
    return dict(pairs)


def switch(site):
    """The moment that counts: `current` names the release that is served."""
    release, before = site.release(site.next), site.release(site.current)
    if not (release / "done/tried").exists():
        raise Problem(f"the release {release.name} has passed no trial: run again")
    # Nobody who breaks into the site rewrites it.
    site.own(release)
    server = servers.ready(site, release) if site.wanted["servers"] else None
    if before and before != release:
        carried.carry(before, release)
        site.point(site.previous, before)
    site.point(site.current, release)
    if server:
        servers.serve(site, server)
    site.step("switched")


def serve(site):
    """Has a server of the release serve again: somebody stopped it, or it gave up."""
    trial.trial(site)
    switch(site)
    servers.retire(site)


def prune(site):
    """Removes the oldest releases, and the environments that no release uses."""
    used = {site.release(link) for link in (site.current, site.previous, site.next, *site.servers.glob("[!.]*"))}
    there = sorted(site.releases.glob("[!.]*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    spare = [folder for folder in there if folder not in used]
    keep = max(site.wanted["keep_releases"] - (len(there) - len(spare)), 0)
    for folder in [*spare[keep:], *site.releases.glob(".new-*")]:
        shutil.rmtree(folder)
    names = {folder.resolve().name for folder in site.releases.glob("*/venv")}
    for folder in site.environments.glob("[!.]*"):
        if folder.name not in names and not folder.name.startswith("tool-"):
            shutil.rmtree(folder)
    interpreters.prune(site)
    site.step("pruned")


def show(site):
    """Prints the releases, newest first: what each is, and when it was made."""
    links = {"current": site.current, "previous": site.previous}
    names = {site.release(link): name for name, link in links.items() if site.release(link)}
    for folder in sorted(site.releases.glob("[!.]*"), key=lambda folder: folder.stat().st_mtime, reverse=True):
        state = names.get(folder, "ready" if (folder / "done/tried").exists() else "not ready")
        print(f"{folder.name}\t{state}")


def show_variables(site):
    """Prints the variables of the release that is served; of secrets their names alone."""
    release = site.release(site.current)
    if release is None:
        raise Problem("no release is served")
    for pair in shlex.split((release / "env").read_text(encoding="utf-8"), comments=True):
        name, value = pair.split("=", 1)
        print(f"{name}={'(secret)' if name in site.wanted['secrets'] else value}")
