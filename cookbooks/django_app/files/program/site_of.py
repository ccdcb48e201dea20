"""A site on this machine: what is wanted of it, where its files are, and how its programs are run."""

import fcntl
import json
import os
import pwd
import subprocess
import time
from pathlib import Path

# Seconds to wait for a step that another run has left.
PATIENCE = 900


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
        self.servers = self.base / "servers"
        self.serving = self.servers / "serving"
        self.run = f"/usr/local/bin/{name}-run"
        self.marks = self.held = None

    def release(self, link):
        """The release that a link names, or None."""
        return link.resolve() if link.exists() else None

    def meanwhile(self):
        """What is served after a failure that came before the switch."""
        return "the release before it goes on serving" if self.current.exists() else "nothing is served yet"

    def begin(self):
        """Waits for a step that a killed run has left at work, and keeps others waiting until this process ends."""
        self.steps.mkdir(exist_ok=True)
        self.marks = os.open(self.steps, os.O_RDONLY | os.O_DIRECTORY)
        self.held = os.open(f"/run/django-site-{self.name}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self.held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > end:
                    raise Problem(f"a step of another run is still at work on the site after {PATIENCE} seconds: `ps -ef` shows "
                                  "it as django-site or chefrs-django; end it, and run again") from None
                time.sleep(0.1)

    def step(self, name):
        try:
            os.close(os.open(name, os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=self.marks))
        except FileNotFoundError:
            pass  # Something else is wanted by now, so the directory is another one, and it is to be done again.

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
        # What outlives its step keeps others waiting, too.
        options.setdefault("pass_fds", () if self.held is None else (self.held,))
        return subprocess.run([str(word) for word in command], user=user.pw_uid, group=user.pw_gid, extra_groups=[],
                              env=environment, stdin=subprocess.DEVNULL, umask=umask, **options)

    def own(self, path, user="root"):
        """Gives a directory with all that is in it to a user; the site's group may read it."""
        subprocess.run(["chown", "-hR", f"{user}:{self.name}", "--", str(path)], check=True)
