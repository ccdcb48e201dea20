"""The trial of a release: its real server, with its real configuration, on a socket that no visitor knows.

What can't be imported, dies under the server, or answers with an error stops the deployment here, while the release
before it goes on serving.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import build
import pages
import running
import servers
from site_of import Problem

# Lines of the server's own output that are shown after a failure.
LINES = 40


def trial(site):
    release = site.release(site.next)
    mark = release / "done/tried"
    digest = site.wanted["trial"]
    # Who goes back has no time for a trial that was passed before.
    is_new = not mark.exists() or mark.read_text() != digest and not site.wanted["release"]
    if is_new:
        mark.unlink(missing_ok=True)
    if site.wanted["servers"]:
        _try_beside(site, release, is_new)
    elif is_new:
        _try(site, release)
    if is_new:
        mark.write_text(digest)
    site.step("tried")


def _try(site, release):
    wanted = site.wanted
    # As when it is served: who breaks into the site rewrites nothing, and what writes beside its source fails here.
    site.own(release)
    more = build.facts(site, release)["pages"] if wanted["health"]["login"] else []
    command, threads = json.loads((release / "trial.json").read_text(encoding="utf-8"))
    # Only the socket's directory is the user's: root follows no link of somebody else.
    with tempfile.TemporaryDirectory(prefix=f"{site.name}-trial-", dir="/run") as folder, tempfile.TemporaryFile() as log:
        os.chmod(folder, 0o711)
        socket = Path(folder) / "run/socket"
        socket.parent.mkdir(mode=0o700)
        shutil.chown(socket.parent, site.name)
        words = [word.replace("SOCKET", str(socket)) for word in command]
        server = subprocess.Popen([site.run, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                  env={"PATH": os.environ["PATH"], "RELEASE": str(release), "SITE_THREADS": str(threads)})
        try:
            wrong = _answers(site, server, socket, more)
        finally:
            _stop(server)
        if wrong:
            log.seek(0)
            lines = log.read().decode(errors="replace").splitlines()[-LINES:]
            print("\n".join(lines), flush=True)
            raise Problem(f"{wrong}. So the release {release.name} does not take the place of the one before it")


def _try_beside(site, release, is_new):
    """The same by the server that will serve, beside the one that does."""
    site.own(release)
    more = build.facts(site, release)["pages"] if is_new and site.wanted["health"]["login"] else []
    server = servers.started(site, release)
    wrong = _asked(site, pages.Asker(site, server.socket), more)
    if wrong:
        print(running.log(site, server.unit, LINES), flush=True)
        now = servers.serving(site)
        if not now or now.name != server.name:
            server.stop()
        raise Problem(f"{wrong}. So the release {release.name} does not take the place of the one before it")


def _asked(site, asker, more):
    """What is wrong with the pages of a server that is up, or None."""
    for path in site.wanted["health"]["path"]:
        if wrong := asker.ask(path):
            return wrong
    for path in more:
        wrong = asker.ask(path)
        # A project without a page for people to log in has a name for it all the same.
        if wrong and ("answered with 5" in wrong or "is not answered" in wrong):
            return wrong
    return None


def _answers(site, server, socket, more):
    """What is wrong with the release's pages, or None."""
    asker = pages.Asker(site, socket)
    paths = site.wanted["health"]["path"]
    end = time.monotonic() + site.wanted["health"]["start"]
    while not socket.exists() or asker.ask(paths[0]):
        if server.poll() is not None:
            return f"its server ended with the status {server.returncode}"
        if time.monotonic() > end:
            return asker.ask(paths[0]) or None if socket.exists() else "its server has not come up"
        # An answer that is wrong is wrong at once; it is the server that needs time.
        if socket.exists() and "is not answered" not in (asker.ask(paths[0]) or ""):
            break
        time.sleep(0.1)
    if wrong := _asked(site, asker, more):
        return wrong
    if server.poll() is not None:
        return f"its server ended with the status {server.returncode} after it had answered"
    return None


def _stop(server):
    try:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(10)
    except (subprocess.TimeoutExpired, ProcessLookupError):
        pass
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    server.wait()
