"""What a source is: where its project is, how its packages are installed, what its settings are called."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import frontend
import interpreters
from site_of import Problem

# Installers by the file that they read, in the order in which they are named.
KINDS = {"uv": "uv.lock", "poetry": "poetry.lock", "pipenv": "Pipfile.lock", "pip": "requirements.txt"}
SETTINGS = re.compile(r"""["']DJANGO_SETTINGS_MODULE["'](?:\s*,|\]\s*=)\s*["']([\w.]+)["']""")
DEPTH = 3
NOT_SEARCHED = (".git", "node_modules")


class Project:
    """A Django project in a source."""

    def __init__(self, site, root):
        self.wanted = site.wanted
        self.root = Path(root)
        self.directory = self._directory()
        # Where its modules are: beside manage.py, and in `src/` as packages lay it out.
        self.paths = [path for path in (self.directory, self.directory / "src", self.root / "src") if path.is_dir()]

    def below(self, path):
        return path.relative_to(self.root).as_posix()

    def _directory(self):
        said = self.wanted["project_dir"]
        if said:
            directory = self.root / said
            if not (directory / "manage.py").is_file():
                raise Problem(f'the source has no {said}/manage.py: django_app.project_dir is "{said}"')
            return directory
        level = [self.root]
        for _ in range(DEPTH + 1):
            found = [folder for folder in level if (folder / "manage.py").is_file()]
            if len(found) > 1:
                names = " and ".join(self.below(folder) for folder in found)
                raise Problem(f"the source has a manage.py in {names}: say which with django_app.project_dir")
            if found:
                return found[0]
            level = [each for folder in level for each in sorted(folder.iterdir())
                     if each.is_dir() and not each.is_symlink() and each.name not in NOT_SEARCHED]
        raise Problem(f"the source has no manage.py, and no directory down to {DEPTH} levels has one: "
                      "name its directory with django_app.project_dir")

    def settings(self):
        """The name of the settings module. That of wsgi.py or asgi.py is the one for servers."""
        said = self.wanted["settings_module"]
        if said:
            self._must_exist(said, "django_app.settings_module")
            return said
        files = [path for folder in self.paths for name in ("wsgi.py", "asgi.py") for path in sorted(folder.glob(f"*/{name}"))]
        for path in [*files, self.directory / "manage.py"]:
            found = SETTINGS.search(path.read_text(encoding="utf-8", errors="replace"))
            if found:
                self._must_exist(found[1], self.below(path))
                return found[1]
        raise Problem(f"neither {self.below(self.directory / 'manage.py')} nor a wsgi.py names the settings module in plain text: "
                      'say it with django_app.settings_module = "PROJECT.settings"')

    def module(self, name):
        """The file of a module of the source, or None."""
        parts = name.split(".")
        for folder in self.paths:
            place = folder.joinpath(*parts)
            for path in (place.with_suffix(".py"), place / "__init__.py"):
                if path.is_file():
                    return path
        return None

    def _must_exist(self, name, where):
        # With pre_build the module may be made; with packages it may be installed.
        if self.wanted["pre_build"] or self.module(name) or not self.module(name.split(".")[0]):
            return
        place = self.directory.joinpath(*name.split(".")).with_suffix(".py")
        stem = place.stem
        near = [path for path in sorted(place.parent.glob(f"*{stem}*")) if path.is_file()] if place.parent.is_dir() else []
        if near:
            copy = f"cp {near[0].relative_to(self.directory)} {place.relative_to(self.directory)}"
            raise Problem(f"{where} names the settings {name}, and the source has {self.below(near[0])} alone: "
                          f'django_app.pre_build = "{copy}" makes the file')
        raise Problem(f"{where} names the settings {name}, and the source has no such module: say the right one with "
                      "django_app.settings_module")

    def installer(self):
        """How packages are installed: the kind, and the file that lists them."""
        said, requirements = self.wanted["installer"], self.wanted["requirements"]
        if requirements:
            path = self.root / requirements
            if not path.is_file():
                raise Problem(f'the source has no file {requirements}: django_app.requirements is "{requirements}"')
            return "pip", path
        folders = [self.root] if self.directory == self.root else [self.directory, self.root]
        for folder in folders:
            found = {kind: folder / name for kind, name in KINDS.items() if (folder / name).is_file()}
            if said in found:
                return said, found[said]
            if len(found) > 1 and said == "auto":
                names = " and ".join(self.below(path) for path in found.values())
                kinds = " or ".join(f'"{kind}"' for kind in found)
                raise Problem(f"the source has {names}: say which one counts with django_app.installer = {kinds}")
            if found and said == "auto":
                return next(iter(found.items()))
            if said in ("auto", "pyproject") and self._lists_packages(folder / "pyproject.toml"):
                return "pyproject", folder / "pyproject.toml"
        if said != "auto":
            raise Problem(f'the source has no {KINDS.get(said, "pyproject.toml")}: django_app.installer is "{said}"')
        near = sorted({self.below(path) for folder in folders for pattern in ("*requirements*.txt", "requirements/*.txt")
                       for path in folder.glob(pattern)})
        if near:
            raise Problem(f'the source has no requirements.txt, and has {", ".join(near)}: say which one counts with '
                          f'django_app.requirements = "{near[0]}"')
        raise Problem("the source lists no packages: it needs one of requirements.txt, uv.lock, poetry.lock, Pipfile.lock and "
                      "pyproject.toml with [project] dependencies")

    @staticmethod
    def _lists_packages(path):
        if not path.is_file():
            return False
        data = read_toml(path)
        return "dependencies" in data.get("project", {}) or "dependencies" in data.get("tool", {}).get("poetry", {})

    def python(self):
        """The interpreter, which is what the source asks for."""
        said = self.wanted["python"]
        if said == "managed":
            return interpreters.MANAGED + (next((asked for _, asked, _ in self._asked_python()), "") or interpreters.NEWEST)
        if said != "auto":
            found = shutil.which(said)
            if not found:
                raise Problem(f'there is no interpreter {said} on this machine: django_app.python is "{said}"')
            return found
        system = sys.executable
        version = "{}.{}".format(*sys.version_info[:2])
        for file, asked, is_range in self._asked_python():
            if is_range and not fits(asked, "{}.{}.{}".format(*sys.version_info[:3])):
                lowest = re.search(r"3\.\d+", asked)
                return self._other(lowest[0] if lowest else "", f"{file} asks for Python {asked}", version)
            wanted = ".".join(asked.split(".")[:2])
            if not is_range and wanted != version:
                return self._other(wanted, f"{file} asks for Python {wanted}", version)
        return system

    def _asked_python(self):
        """What the source says of Python: the file, the version or the range, and whether it is a range."""
        for folder in dict.fromkeys((self.root, self.directory)):
            pinned, manifest = folder / ".python-version", folder / "pyproject.toml"
            if pinned.is_file():
                wanted = re.search(r"\d+\.\d+(\.\d+)?", pinned.read_text(encoding="utf-8", errors="replace"))
                if wanted:
                    yield self.below(pinned), wanted[0], False
            if manifest.is_file():
                range_ = read_toml(manifest).get("project", {}).get("requires-python")
                if range_:
                    yield self.below(manifest), range_.replace(" ", ""), True

    @staticmethod
    def _other(wanted, who, version):
        found = wanted and shutil.which(f"python{wanted}")
        if found:
            return found
        raise Problem(f'{who}, and this machine has {version}: django_app.python = "managed" has uv install it. Or name one that is '
                      f'there, such as "/usr/local/bin/python{wanted}", or take the machine\'s own with "python3"')


def fits(specifier, version):
    """Whether a version is in a range such as `>=3.12`."""
    try:
        from pip._vendor.packaging.specifiers import SpecifierSet
    except ImportError:
        return True
    return version in SpecifierSet(specifier)


def read_toml(path):
    try:
        import tomllib
    except ImportError:
        from pip._vendor import tomli as tomllib
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Problem(f"{path.name} of the source can't be read: {error}") from None


def look(site, *_read):
    """Says what is in the source, or what is wrong with it."""
    project = Project(site, site.wanted["source"])
    kind, path = project.installer()
    settings, python, front = project.settings(), project.python(), frontend.look(project)
    if python.startswith(interpreters.MANAGED):
        version = python
    elif python == shutil.which("python3"):
        version = "{}.{}".format(*sys.version_info[:2])
    else:
        version = subprocess.run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True,
                                 text=True, check=True).stdout.strip()
    print("usable")
    print(json.dumps({"project": project.below(project.directory), "packages": project.below(path), "installer": kind,
                      "settings": settings, "python": version, "frontend": project.below(front) if front else None}),
          file=sys.stderr)


def lacks_npm(site):
    """Succeeds if the front end of the source needs npm, and the machine has none."""
    place = frontend.directory(Project(site, site.wanted["source"]))
    sys.exit(0 if frontend.is_lacking(place) else 1)
