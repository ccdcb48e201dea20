"""What a host may have on top of the image: packages that the repository of the hosts does not have. Made once for each image,
with this machine's way to the mirrors. Run as a program it makes one, in a mount namespace of its own."""
import hashlib, os, re, shutil, subprocess, sys
from pathlib import Path

from image import DIR, inputs, out, sh, write

ME = Path(__file__).resolve()
# By name: Debian packages, packages of the Python index in /opt/NAME, and what these need while they are installed.
TOOLS = "ansible-core python3-apt acl puppet itamae cloud-init"
LAYERS = {"tools": (TOOLS, "", ""), "salt": (f"{TOOLS} python3-venv", "salt", "gcc libc6-dev python3-dev python3-pip")}


def layer(image, name):
    """Makes it unless it is there. Returns its directory, for an overlay."""
    stamp = hashlib.sha256(repr(LAYERS[name]).encode()).hexdigest()
    place = image / "layers" / f"{name}-{stamp[:16]}"
    if not place.exists():
        sh("unshare", "--mount", sys.executable, ME, image, name, place, env={**os.environ, "HOSTS_DIR": str(DIR)})
    return place


def make(image, name, place):
    packages, python, building = LAYERS[name]
    tmp = DIR / "build"
    tmp.mkdir(exist_ok=True)
    sh("mount", "-t", "tmpfs", "-o", "mode=755,size=8g", "tmpfs", tmp)
    root = tmp / "root"
    for part in ("upper", "work", "root", "apt/lists/partial", "apt/parts", "apt/archives/partial"):
        (tmp / part).mkdir(parents=True)
    sh("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={image}/root,upperdir={tmp}/upper,workdir={tmp}/work", root)
    sh("mount", "-t", "proc", "proc", root / "proc")
    sh("mount", "--rbind", "/dev", root / "dev")
    sh("mount", "-t", "tmpfs", "tmpfs", root / "tmp")
    # Nothing of the way to the mirrors and to the index stays.
    for file in ("/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt"):
        sh("mount", "--bind", os.path.realpath(file), f"{root}{file}")
    (root / "tmp/apt").mkdir()
    sh("mount", "--bind", tmp / "apt", root / "tmp/apt")
    for file in inputs()[1]:
        shutil.copy(file, tmp / "apt/parts")
    write(root / "usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
    inside = ["chroot", root, "env", "-u", "TMPDIR", "DEBIAN_FRONTEND=noninteractive", "HOME=/root"]
    config = [line for line in out("apt-config", "dump").splitlines() if re.match(r"Acquire::(https?::|Check-)", line)]
    config = [line.rstrip(";").replace(" ", "=", 1).replace('"', "") for line in config]
    config += ["Dir::State::lists=/tmp/apt/lists", "Dir::Etc::sourceparts=/tmp/apt/parts", "Dir::Etc::sourcelist=/dev/null",
               "Dir::Cache::archives=/tmp/apt/archives", "Dir::Cache::pkgcache=", "Dir::Cache::srcpkgcache=",
               "APT::Sandbox::User=root"]
    apt = [*inside, "apt-get", "-qq", "-y", *(f"-o{setting}" for setting in config)]
    quiet = {"stdout": subprocess.DEVNULL}
    sh(*apt, "update", **quiet)
    sh(*apt, "install", "--no-install-recommends", *packages.split(), **quiet)
    if python:
        first = python.split()[0]
        sh(*apt, "install", "--no-install-recommends", *building.split(), **quiet)
        sh(*inside, "python3", "-m", "venv", f"/opt/{first}")
        passed = [f"{key}={value}" for key, value in os.environ.items() if key.startswith("PIP_INDEX")]
        sh(*inside, *passed, f"/opt/{first}/bin/pip", "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check",
           *python.split(), **quiet)
        sh(*apt, "purge", "--auto-remove", *building.split(), **quiet)
    (root / "usr/sbin/policy-rc.d").unlink()
    partial = place.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.parent.mkdir(exist_ok=True)
    sh("cp", "-a", tmp / "upper", partial)
    partial.rename(place)


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
