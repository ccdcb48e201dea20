"""Static files of the releases before, for the pages that are open in browsers when another release is served."""

import json
import os
import re
import time

# A name with a digest, as Django, webpack or Vite write it: no other content ever has that name.
DIGEST = re.compile(r"[.-][0-9a-f]{8,64}\.|-[\w-]{8}\.(?:m?js|css)")
KEPT = 7 * 24 * 3600


def carry(before, release):
    """Gives a release the files with a digest in their name that only the one before it has.

    Both are root's by now. What a release has not of its own goes a week after the last release that had.
    """
    old, new, now = before / "static", release / "static", time.time()
    was, kept = _record(before), _record(release)
    missing = []
    for folder, _, names in os.walk(old):
        for name in filter(DIGEST.search, names):
            path = os.path.relpath(os.path.join(folder, name), old)
            since = was.get(path, now)
            if now - since < KEPT and not os.path.islink(old / path) and not os.path.lexists(new / path):
                missing.append(path)
                kept[path] = since
    if not missing:
        return
    record = release / ".carried.json"
    record.write_text(json.dumps(kept), encoding="utf-8")
    record.rename(release / "carried.json")
    top = new.resolve()
    for path in missing:
        place = new / path
        # A link of the project may lead anywhere.
        if place.parent.resolve().is_relative_to(top):
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(old / path, place, follow_symlinks=False)


def _record(release):
    """The files that are not a release's own, and when a release last had them of its own."""
    try:
        return json.loads((release / "carried.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
