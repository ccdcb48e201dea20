"""The servers of restart_mode "blue_green": each has a socket of its own, and one of them serves.

    servers/blue, green    -> releases/…, the release of each
    servers/serving        -> /run/NAME-web-blue.sock: nginx asks whom this link names

A release is started in the one that does not serve, and takes the place of the other one with the link `serving`. That one
goes on until its requests are finished.
"""

import os
import re
import subprocess
import time
from pathlib import Path

import running
from site_of import Problem

# Lines of a log in which the cause is looked for: the end of the first traceback, before those of the server itself.
LINES = 200
CAUSE = re.compile(r"^(\w+\.)*\w*(Error|Exception|Exit)\b.*", re.M)


def _systemctl(*words):
    return subprocess.run(["systemctl", *words], capture_output=True, text=True)


class Server:
    def __init__(self, site, colour):
        self.site = site
        self.link = site.servers / colour
        self.name = f"{site.name}-web@{colour}" if colour else f"{site.name}-web"
        self.unit = f"{self.name}.service"
        self.both = (f"{self.name}.socket", self.unit)
        self.socket = f"/run/{self.name.replace('@', '-')}.sock"

    def runs(self, name):
        """What a variable of its process says, or None."""
        return running.variable(running.main_process(self.site, self.unit), name)

    def start(self, release):
        self.stop()
        self.site.point(self.link, release)
        begin = int(time.time())
        # Enabled before it serves, so that whom the link names is there after a reboot at any moment.
        for words in (("enable", *self.both), ("start", *self.both)):
            done = _systemctl(*words)
            if done.returncode:
                log = running.log(self.site, self.unit, LINES, begin)
                self.stop()
                print(log, flush=True)
                cause = CAUSE.search(log)
                raise Problem(f"the release {release.name} does not start, so it does not take the place of the one before it: "
                              + (cause[0] if cause else done.stderr.strip()))

    def stop(self):
        for verb in ("disable", "stop", "reset-failed"):
            _systemctl(verb, *self.both)

    def finish(self, seconds):
        """Waits until nobody is connected, not even in its queue: who is in that would be sent away."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = [line.split() for line in Path("/proc/net/unix").read_text(errors="replace").splitlines()]
            # The sixth word is the state: 01 is the one who listens.
            if not any(words[-1] == self.socket and words[5] != "01" for words in found):
                return
            time.sleep(0.1)


def _all(site):
    """Blue, green, and the one of the other restart_mode."""
    return [Server(site, colour) for colour in ("blue", "green", "")]


def serving(site):
    """The server that nginx asks; None before the first."""
    place = os.readlink(site.serving) if site.serving.is_symlink() else None
    return next((server for server in _all(site) if server.socket == place), None)


def unit(site):
    """The unit of the server that serves."""
    found = serving(site) if site.wanted["servers"] else None
    return found.unit if found else f"{site.name}-web.service"


def serves(site):
    """Prints that a server runs the release that is current; nothing if none does."""
    print("serves" if running.configuration(site, unit(site)) else "")


def others(site):
    now = serving(site)
    return [server for server in _all(site) if not now or server.name != now.name]


def started(site, release):
    """The server that runs a release as it is wanted. If none does, it is started in the one that does not serve."""
    now = serving(site)
    for server in [*([now] if now else []), *others(site)]:
        if server.runs("SITE_CONFIGURATION") == site.wanted["servers"] and server.runs("RELEASE") == str(release):
            return server
    server = others(site)[0]
    server.start(release)
    return server


def ready(site, release):
    """The same, once nothing is left that could keep it from serving."""
    server, now = started(site, release), serving(site)
    if site.wanted["keepalive"] and now and now.name != server.name and subprocess.run(["nginx", "-t", "-q"]).returncode:
        server.stop()
        raise Problem("nginx can't read its configuration anew, so the release before goes on serving")
    return server


def serve(site, server):
    """Has nginx ask a server."""
    site.point(site.serving, server.socket)
    # On connections that it keeps it would go on to ask the one before.
    if site.wanted["keepalive"]:
        _systemctl("try-reload-or-restart", "nginx")


def _left(site):
    """The servers that run without serving, or would after a reboot."""
    found = others(site)
    told = _systemctl("show", "--property=ActiveState,UnitFileState", *(unit for server in found for unit in server.both)).stdout
    states = told.strip().split("\n\n")
    return [server for at, server in enumerate(found)
            if any(word in state for state in states[2 * at:2 * at + 2] for word in ("=activ", "=reload", "=deactiv", "=enabled"))]


def retire(site):
    """Stops the servers that do not serve, once their requests are finished."""
    for server in _left(site):
        server.finish(30)
        server.stop()
    site.step("retired")


def back(site, failed, before):
    """The release that serves again: that of a server that still runs, or the one before."""
    now, other = serving(site), next((server for server in others(site) if server.runs("RELEASE")), None)
    if other:
        said = other.runs("RELEASE")
        # A process can say anything of itself: it has to be one of ours.
        before = next((folder for folder in site.releases.iterdir() if str(folder) == said), before)
    elif before is None or before == failed:
        raise Problem(f"the release {failed.name} does not serve, and there is none before it")
    else:
        other = others(site)[0]
        other.start(before)
    site.point(site.current, before)
    serve(site, other)
    if now:
        now.stop()
    return before
