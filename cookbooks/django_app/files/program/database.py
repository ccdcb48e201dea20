"""Migrations: once for each release, on one machine, with a backup before the first one."""

import sys

import backups
import build


def _pending(site, release):
    """The migrations that the database does not have yet, and whether it has any."""
    done = site.call(["python", "manage.py", "showmigrations", "--plan", "--no-color"], release, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise build.Problem("the migrations can't be read")
    lines = done.stdout.splitlines()
    return [line.split()[2] for line in lines if line.startswith("[ ]")], any(line.startswith("[X]") for line in lines)


@build.once("migrated")
def migrate(site, release):
    wanted = site.wanted
    if not wanted["primary"]:
        return
    pending, is_in_use = _pending(site, release)
    if not pending:
        return
    if wanted["migrate"] == "manual":
        print(f"migrations to apply by hand, with RELEASE={release} {site.name}-manage migrate: {', '.join(pending)}")
        return
    if wanted["migrate_backup"] and is_in_use and backups.can_back_up(site):
        backups.backup(site, f"before-{release.name}", "database")
    print(f"applying {', '.join(pending)}")
    site.must("migrate", ["python", "manage.py", "migrate", "--noinput"], release)
