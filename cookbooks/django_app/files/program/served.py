"""What is served now: which release the server runs, whether its pages come, and the way back."""

import subprocess
import sys
import time
from pathlib import Path

import pages
from site_of import Problem

# Lines of the log that are shown beside a page that does not come.
LINES = 15


def _main_process(site, unit):
    if site.wanted["init"] == "systemd":
        command = ["systemctl", "show", "--property=MainPID", "--value", unit]
    else:
        command = ["supervisorctl", "pid", site.name]
    text = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return int(text) if text.isdigit() else 0


def _configuration(site, unit):
    """As what a program of the site was started, if it runs the release that is current."""
    process, release = _main_process(site, unit), site.release(site.current)
    try:
        environment = Path(f"/proc/{process}/environ").read_bytes().decode(errors="replace").split("\0") if process else []
    except OSError:
        environment = []
    found = [each.split("=", 1)[1] for each in environment if each.startswith("SITE_CONFIGURATION=")]
    return found[0] if found and f"RELEASE={release}" in environment else None


def is_running(site, unit, configuration):
    """Succeeds if a program of the site runs the release that is current, as it is wanted."""
    sys.exit(0 if _configuration(site, unit) == configuration else 1)


def running(site, unit):
    """Prints as what a program runs the release that is current; nothing if it does not."""
    print(_configuration(site, unit) or "")


def is_answered(site):
    """Succeeds if every page comes, through nginx."""
    asker = pages.Asker(site)
    wrong = [each for each in map(asker.ask, site.wanted["health"]["path"]) if each]
    if wrong:
        print(_log(site), flush=True)
        raise Problem("; ".join(wrong))


def _log(site):
    if not site.wanted["log"]:
        command = ["journalctl", "--unit", f"{site.name}-web.service", "--lines", str(LINES), "--no-pager", "--output", "cat"]
    else:
        command = ["tail", "-n", str(LINES), site.wanted["log"]]
    return subprocess.run(command, capture_output=True, text=True).stdout


def back(site):
    """After a release that does not serve: the one before it takes its place again."""
    failed, before = site.release(site.current), site.release(site.previous)
    (site.steps / "switched").unlink(missing_ok=True)
    (site.steps / "tried").unlink(missing_ok=True)
    # The next run asks again, instead of trusting a trial that has promised too much.
    (failed / "done/tried").unlink(missing_ok=True)
    if before is None or before == failed:
        raise Problem(f"the release {failed.name} does not serve, and there is none before it")
    site.point(site.current, before)
    if site.wanted["init"] == "systemd":
        subprocess.run(["systemctl", "reset-failed", f"{site.name}-web.service", f"{site.name}-web.socket"], capture_output=True)
        subprocess.run(["systemctl", "start", f"{site.name}-web.socket"], check=True)
        command = ["systemctl", "restart", f"{site.name}-web.service"]
    else:
        command = ["supervisorctl", "restart", site.name]
    subprocess.run(command, check=True)
    asker, wrong = pages.Asker(site), None
    for _ in range(site.wanted["health"]["start"]):
        wrong = asker.ask(site.wanted["health"]["path"][0])
        if not wrong:
            print(f"the release {before.name} is served again; {failed.name} is still in {failed}")
            return
        time.sleep(1)
    raise Problem(f"the release {before.name} has taken its place again, and {wrong}")
