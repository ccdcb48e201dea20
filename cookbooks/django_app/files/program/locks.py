"""Requirements, as pip reads them, out of the lock files of other tools. Digests stay."""

import json
import re

from source import read_toml


def requirements(kind, path):
    lines = {"poetry": _poetry, "pipenv": _pipenv, "pyproject": _project}[kind](path)
    return "".join(f"{line}\n" for line in lines)


def _project(path):
    data = read_toml(path)
    listed = data.get("project", {}).get("dependencies")
    if listed is not None:
        return listed
    listed = data["tool"]["poetry"]["dependencies"]
    return [_poetry_wish(name, wish) for name, wish in listed.items() if name != "python"]


def _poetry_wish(name, wish):
    """A dependency of an older pyproject.toml, which has versions of its own kind."""
    wish = wish if isinstance(wish, dict) else {"version": wish}
    version = wish.get("version", "*")
    extras = f"[{','.join(wish['extras'])}]" if wish.get("extras") else ""
    if version == "*":
        return f"{name}{extras}"
    parts = []
    for part in version.split(","):
        part = part.strip()
        sign, number = re.match(r"([\^~]?)\s*(.*)", part).groups()
        numbers = [int(each) for each in re.findall(r"\d+", number)]
        if sign == "^":
            first = next((at for at, each in enumerate(numbers) if each), len(numbers) - 1)
            parts += [f">={number}", "<" + ".".join(map(str, [*numbers[:first], numbers[first] + 1]))]
        elif sign == "~":
            last = min(len(numbers), 2) - 1
            parts += [f">={number}", "<" + ".".join(map(str, [*numbers[:last], numbers[last] + 1]))]
        else:
            parts.append(part if part[0] in "<>=!" else f"=={part}")
    return f"{name}{extras}{','.join(parts)}"


def _line(name, version, marker, digests):
    words = [f"{name}=={version}" + (f" ; {marker}" if marker else "")]
    return " ".join(words + [f"--hash={digest}" for digest in sorted(set(digests))])


def _pipenv(path):
    data = json.loads(path.read_text(encoding="utf-8"))
    return [_line(name, entry["version"].lstrip("="), entry.get("markers"), entry.get("hashes", []))
            for name, entry in sorted(data["default"].items()) if "version" in entry]


def _poetry(path):
    locked = {}
    for entry in read_toml(path)["package"]:
        locked.setdefault(_plain(entry["name"]), []).append(entry)
    wanted = read_toml(path.with_name("pyproject.toml"))
    listed = [re.match(r"[\w.-]+", line)[0] for line in wanted.get("project", {}).get("dependencies", [])]
    listed += [name for name in wanted.get("tool", {}).get("poetry", {}).get("dependencies", {}) if name != "python"]
    seen, waiting = set(), [_plain(name) for name in listed]
    # What only the other groups need is left out: a lock does not always say to which group a package belongs.
    while waiting:
        name = waiting.pop()
        if name in seen or name not in locked:
            continue
        seen.add(name)
        waiting += [_plain(each) for entry in locked[name] for each in entry.get("dependencies", {})]
    lines = []
    for name in sorted(seen):
        for entry in locked[name]:
            marker = entry.get("markers")
            marker = marker.get("main") if isinstance(marker, dict) else marker
            digests = [file["hash"] for file in entry.get("files", [])]
            lines.append(_line(name, entry["version"], marker or _python_marker(entry), digests))
    return lines


def _python_marker(entry):
    range_ = entry.get("python-versions", "*")
    parts = [re.match(r"([<>=!]+)\s*([\d.]+)(\.\*)?$", part.strip()) for part in range_.split(",")]
    if range_ == "*" or not all(parts):
        return None
    return " and ".join(f'python_version {part[1]} "{".".join(part[2].split(".")[:2])}"' for part in parts)


def _plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()
