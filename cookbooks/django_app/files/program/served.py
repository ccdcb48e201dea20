"""What is served now: whether its pages come, and the way back."""

import subprocess
import time

import pages
import running
import servers
from site_of import Problem

# Lines of the log that are shown beside a page that does not come.
LINES = 15


def is_answered(site):
    """Succeeds if every page comes, through nginx."""
    asker = pages.Asker(site)
    wrong = [each for each in map(asker.ask, site.wanted["health"]["path"]) if each]
    if wrong:
        print(running.log(site, servers.unit(site), LINES), flush=True)
        raise Problem("; ".join(wrong))


def back(site):
    """After a release that does not serve: the one before it takes its place again."""
    failed, before = site.release(site.current), site.release(site.previous)
    (site.steps / "switched").unlink(missing_ok=True)
    (site.steps / "tried").unlink(missing_ok=True)
    # The next run asks again, instead of trusting a trial that has promised too much.
    (failed / "done/tried").unlink(missing_ok=True)
    if site.wanted["servers"]:
        return _is_back(site, failed, servers.back(site, failed, before))
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
    _is_back(site, failed, before)


def _is_back(site, failed, before):
    asker, wrong = pages.Asker(site), None
    for _ in range(site.wanted["health"]["start"]):
        wrong = asker.ask(site.wanted["health"]["path"][0])
        if not wrong:
            print(f"the release {before.name} is served again; {failed.name} is still in {failed}")
            return
        time.sleep(1)
    raise Problem(f"the release {before.name} has taken its place again, and {wrong}")
