"""The processes of a site: what each takes, and how many there are."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import running
import servers
from site_of import Problem

# Seconds until a process that was asked for is there, or gone.
PATIENCE = 60


def scale(site, *wanted):
    """Gives the server (`web=4`) and celery's worker (`worker=2`) so many processes, and prints what runs."""
    numbers = dict(each.split("=") for each in wanted)
    for name, number in numbers.items():
        {"web": _scale_web, "worker": _scale_worker}[name](site, int(number))
    _show(site)


def unscale(site, *wanted):
    """The same as the attributes say."""
    there = [each for each in wanted if each.startswith("web=") or running.main_process(site, f"{site.name}-worker.service")]
    scale(site, *there)
    _mark(site).unlink(missing_ok=True)


def _mark(site):
    return site.base / "scaled"


def _scale_web(site, number):
    main = running.main_process(site, servers.unit(site))
    if not main:
        raise Problem("the server does not run")
    caught = re.search(r"^SigCgt:\s*(\w+)", _of(main, "status"), re.M)
    # Who does not know the signal would be stopped by it.
    if not int(caught[1], 16) >> (signal.SIGTTIN - 1) & 1:
        raise Problem("this server can't have another number of processes while it runs: set django_app.workers")
    _until(site, main, number, lambda more: os.kill(main, signal.SIGTTIN if more else signal.SIGTTOU))


def _scale_worker(site, number):
    main = running.main_process(site, f"{site.name}-worker.service")
    if not main:
        raise Problem("no worker of celery runs: set django_app.celery.worker")
    variables = {"SITE_CELERY": running.variable(main, "SITE_CELERY") or ""}

    def ask(more):
        words = ["pool_grow" if more else "pool_shrink", str(abs(number - len(_children(main))))]
        command = ["celery", "--app", "chefrs_celery", "--quiet", "control", "--timeout", "10", "--destination",
                   f"celery@{socket.gethostname()}", *words]
        site.must("celery control " + " ".join(words), command, site.release(site.current), env=variables, stdout=subprocess.DEVNULL)

    _until(site, main, number, ask)


def _until(site, main, number, ask):
    """Asks for another process, or one less, until there are so many."""
    end = time.monotonic() + PATIENCE
    while (present := len(_children(main))) != number:
        # Seen by the next run, which gives it back what the attributes say.
        _mark(site).touch()
        ask(present < number)
        while len(_children(main)) == present:
            if time.monotonic() > end:
                raise Problem(f"it has {present} processes, and not {number}, after {PATIENCE} seconds")
            time.sleep(0.05)


def _of(process, file):
    try:
        return Path(f"/proc/{process}/{file}").read_text(errors="replace")
    except OSError:
        return ""


def _children(main):
    """The processes that a program has for its work."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        words = _of(stat.parent.name, "stat").rpartition(")")[2].split()
        # One that has ended does not count, and neither does one that watches over the memory of the others.
        if words and words[1] == str(main) and words[0] != "Z" and "resource_tracker" not in _of(stat.parent.name, "cmdline"):
            found.append(int(stat.parent.name))
    return sorted(found)


def _show(site):
    line = "{:<28} {:>8} {:>8} {:>8}".format
    print(line("PROGRAM", "PROCESS", "THREADS", "MEMORY"))
    for unit in (servers.unit(site), f"{site.name}-worker.service", f"{site.name}-beat.service"):
        main = running.main_process(site, unit)
        for process in [main, *_children(main)] if main else []:
            threads = re.search(r"^Threads:\s*(\d+)", _of(process, "status"), re.M)
            # What several share counts in equal parts.
            memory = re.search(r"^Pss:\s*(\d+)", _of(process, "smaps_rollup"), re.M)
            if threads and memory:
                print(line(unit.removesuffix(".service"), process, threads[1], f"{int(memory[1]) // 1024} MiB"))
