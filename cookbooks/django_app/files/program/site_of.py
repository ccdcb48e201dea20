"""A site on this machine: what is wanted of it, where its files are, and how its programs are run."""

import json
import os
import pwd
import subprocess
from pathlib import Path


class Problem(Exception):
    """What a person has to know, in a sentence."""


class Site:
    def __init__(self, name):
        self.name = name
        self.wanted = json.loads(Path(f"/etc/{name}/site.json").read_text(encoding="utf-8"))
        self.base = Path(self.wanted["base"])
        self.releases = self.base / "releases"
        self.environments = self.base / "environments"
        self.data = self.base / "shared/data"
        self.backups = self.base / "shared/backups"
        # A file for each step that was done for what is wanted now.
        self.steps = self.base / "steps"
        self.next, self.current, self.previous = (self.base / link for link in ("next", "current", "previous"))
        self.run = f"/usr/local/bin/{name}-run"

    def release(self, link):
        """The release that a link names, or None."""
        return link.resolve() if link.exists() else None

    def step(self, name):
        self.steps.mkdir(exist_ok=True)
        (self.steps / name).touch()

    def point(self, link, release):
        """Has a link name a release, in one step."""
        new = link.with_name(f".{link.name}.new")
        new.unlink(missing_ok=True)
        new.symlink_to(release)
        new.rename(link)

    def call(self, command, release=None, **options):
        """Runs a program as the site's user with its environment, in the project's directory."""
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **options.pop("env", {})}
        if release:
            environment["RELEASE"] = str(release)
        return subprocess.run([self.run, *command], env=environment, stdin=subprocess.DEVNULL, umask=0o027, **options)

    def must(self, what, command, release=None, **options):
        done = self.call(command, release, **options)
        if done.returncode:
            raise Problem(f"{what} failed with the exit status {done.returncode}")

    def as_user(self, command, umask=0o022, **options):
        """Runs a program as the site's user, without the site's environment."""
        user = pwd.getpwnam(self.name)
        options.setdefault("cwd", "/")
        kept = ("PATH", "PIP_CERT", "PIP_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
        environment = {key: os.environ[key] for key in (*kept, *map(str.lower, kept[-3:])) if key in os.environ}
        environment.update(HOME=str(self.data), LANG="C.UTF-8", **options.pop("env", {}))
        return subprocess.run([str(word) for word in command], user=user.pw_uid, group=user.pw_gid, extra_groups=[],
                              env=environment, stdin=subprocess.DEVNULL, umask=umask, **options)

    def own(self, path, user="root"):
        """Gives a directory with all that is in it to a user; the site's group may read it."""
        subprocess.run(["chown", "-hR", f"{user}:{self.name}", "--", str(path)], check=True)
