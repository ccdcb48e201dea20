"""Backups of a site's data: the database in a form that its own program restores, and the uploaded files.

    shared/backups/2026-11-30T03-00-00Z/
        database.sqlite3, or database.dump of pg_dump
        media.tar.gz
        complete
"""

import datetime
import os
import shutil
import sqlite3
import subprocess
import tarfile
import urllib.parse
from pathlib import Path

import servers
from site_of import Problem


def _place(site):
    """Where the database is: a file of SQLite, or variables for the programs of PostgreSQL."""
    url = site.call(["printenv", "DATABASE_URL"], site.release(site.next) or site.release(site.current), capture_output=True,
                    text=True).stdout.strip()
    if url.startswith("sqlite:///"):
        return Path("/" + url[len("sqlite:///"):].lstrip("/")), None
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        return None, None
    host = urllib.parse.parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    unquote = urllib.parse.unquote
    named = {"PGHOST": host, "PGPORT": str(parts.port or ""), "PGUSER": unquote(parts.username or site.name),
             "PGPASSWORD": unquote(parts.password or ""), "PGDATABASE": unquote(parts.path.lstrip("/"))}
    return None, {name: value for name, value in named.items() if value}


def can_back_up(site):
    """Whether there is a database with something in it."""
    file, server = _place(site)
    return bool(server) or bool(file and file.exists())


def backup(site, name=None, *parts):
    """Makes a backup, and removes the oldest ones. The site's user does: it is whom its database knows."""
    if os.geteuid() == 0:
        if site.as_user(["/usr/local/sbin/django-site", site.name, "backup", *([name, *parts] if name else [])], umask=0o077).returncode:
            raise Problem("the backup failed")
        return
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H-%M-%SZ")
    folder = site.backups / (f"{now}-{name}" if name else now)
    new = folder.with_name(f".{folder.name}")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700, parents=True)
    file, server = _place(site)
    if server:
        _must(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={new / 'database.dump'}"], server)
    elif file and file.exists():
        with sqlite3.connect(file, timeout=60) as source, sqlite3.connect(new / "database.sqlite3") as copy:
            source.backup(copy)
    if "database" not in parts:
        with tarfile.open(new / "media.tar.gz", "w:gz", compresslevel=3) as archive:
            archive.add(site.base / "shared/media", "media")
    (new / "complete").touch()
    os.sync()
    new.rename(folder)
    _prune(site, bool(name))
    print(folder.name)


def _prune(site, named):
    """Those of the timer and the others are counted each by themselves: a busy day must not cost the week's."""
    there = sorted(folder for folder in site.backups.glob("[!.]*") if bool(folder.name.split("Z", 1)[1]) == named)
    for old in there[:-site.wanted["backup_keep"]]:
        shutil.rmtree(old)


def _there(site):
    return sorted(folder.name for folder in site.backups.glob("[!.]*") if (folder / "complete").exists())


def restore(site, name=None):
    """Puts a backup in place of the data that is there, which is backed up first. The site is not served meanwhile."""
    if name not in _there(site):
        raise Problem(f"usage: {site.name}-restore BACKUP, as root. There are: {', '.join(_there(site)) or 'none'}")
    if os.geteuid():
        raise Problem(f"{site.name}-restore has to be started as root")
    stop, start = (["systemctl", verb, servers.unit(site)] for verb in ("stop", "start"))
    if site.wanted["init"] != "systemd":
        stop, start = (["supervisorctl", verb, site.name] for verb in ("stop", "start"))
    subprocess.run(stop, check=True)
    try:
        if can_back_up(site):
            backup(site, "replaced")
        # As the site's user, who owns the data: root follows no link of somebody else.
        if site.as_user(["/usr/local/sbin/django-site", site.name, "replace", name], umask=0o027).returncode:
            raise Problem(f"{name} was not restored, or not whole")
    finally:
        subprocess.run(start, check=True)
    print(f"restored {name}")


def replace(site, name):
    """The part of a restoration that the site's user does."""
    if name not in _there(site):
        raise Problem(f"there is no backup {name}")
    folder = site.backups / name
    file, server = _place(site)
    if (folder / "database.dump").exists() and server:
        _must(["pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
               f"--dbname={server['PGDATABASE']}", str(folder / "database.dump")], server)
    elif (folder / "database.sqlite3").exists() and file:
        for side in ("-wal", "-shm"):
            Path(f"{file}{side}").unlink(missing_ok=True)
        new = file.with_name(f".{file.name}.restored")
        shutil.copyfile(folder / "database.sqlite3", new)
        new.rename(file)
    archive = folder / "media.tar.gz"
    if archive.exists():
        media = site.base / "shared/media"
        for path in media.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        _must(["tar", "-xzf", str(archive), "--no-same-owner", "--same-permissions", "--overwrite-dir", "-C", str(media.parent)], {})


def _must(command, server):
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **server}
    if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode:
        raise Problem(f"{command[0]} failed")
