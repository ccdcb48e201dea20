"""As what the programs of a site run. A step that only looks at that starts as fast as Python does."""

import subprocess
import sys
from pathlib import Path


def environment(process):
    """The variables that a process was started with."""
    try:
        return Path(f"/proc/{process}/environ").read_bytes().decode(errors="replace").split("\0") if process else []
    except OSError:
        return []


def variable(process, name):
    """The value of one of them, or None."""
    return next((each.split("=", 1)[1] for each in environment(process) if each.startswith(f"{name}=")), None)


def main_process(site, unit):
    """The process of a program of the site, or 0."""
    if site.wanted["init"] == "systemd":
        command = ["systemctl", "show", "--property=MainPID", "--value", unit]
    else:
        # It has the server alone.
        command = ["supervisorctl", "pid", site.name] if unit == f"{site.name}-web.service" else ["true"]
    text = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return int(text) if text.isdigit() else 0


def log(site, unit, lines, since=None):
    """The last lines that a program has written; the first ones since a time."""
    place = site.wanted["log"]
    command = ["journalctl", "--unit", unit, "--lines", str(lines), "--no-pager", "--output", "cat"]
    if since:
        command += ["--since", f"@{since}"]
    return subprocess.run(["tail", "-n", str(lines), place] if place else command, capture_output=True, text=True).stdout


def configuration(site, unit):
    """As what a program of the site was started, if it runs the release that is current."""
    process = main_process(site, unit)
    return variable(process, "SITE_CONFIGURATION") if variable(process, "RELEASE") == str(site.release(site.current)) else None


def running(site):
    """Prints as what the server runs it; nothing if it does not."""
    print(configuration(site, f"{site.name}-web.service") or "")


def is_running(site, unit, wanted):
    """Succeeds if a program of the site runs the release that is current, as it is wanted."""
    sys.exit(0 if configuration(site, unit) == wanted else 1)
