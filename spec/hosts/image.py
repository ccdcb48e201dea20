"""The hosts' root file system and package repository, built by mmdebstrap from the machine's own apt sources and
cached until an input changes. Run as a program it is its own mmdebstrap hook."""
import hashlib, importlib.util, os, re, shutil, subprocess, sys
from pathlib import Path

ME = Path(__file__).resolve()
DIR = Path(os.environ.get("HOSTS_DIR") or "/var/tmp/chefrs-spec-hosts").absolute()
KEY = DIR / "key"
TOOLS = {"mmdebstrap": "mmdebstrap", "apt-ftparchive": "apt-utils", "ip": "iproute2", "ssh": "openssh-client"}
# In the image of every host.
BASE = """systemd systemd-sysv dbus openssh-server python3-minimal sudo iproute2 procps cron ca-certificates curl
    iputils-ping"""
# In the repository that every host sees, and installed nowhere.
PKGS = """nginx gunicorn ufw supervisor postgresql mariadb-server redis-server git rsync acl nftables logrotate ruby
    python3-venv python3-pip rpm dnf dnf-plugins-core createrepo-c zypper pacman-package-manager makepkg fakeroot
    fail2ban python3-systemd netbase chrony systemd-timesyncd unattended-upgrades firewalld
    libarchive-tools file xz-utils zstd bzip2 openrc libpam-systemd rabbitmq-server certbot pebble
    docker.io docker-compose npm """ + os.environ.get("HOSTS_PKGS", "")
# What django_app installs unless it is told otherwise.
COOKBOOK = ME.parents[2] / "cookbooks/django_app"
SITE = COOKBOOK / "files/sample/requirements.txt"
SERVER = re.findall(r'"(\w+==[\d.]+)"', (COOKBOOK / "libraries/server.lua").read_text())
# What the projects of the specs of django_app need, and what it adds to them: sets that pip resolves each by itself.
PROJECTS = ["gunicorn==19.10.0", "psycopg[binary]==3.2.13", "celery==5.6.0 redis==6.4.0 async-timeout==5.0.1", "uv==0.8.24",
            "channels==4.2.0", "django-environ==0.12.0 whitenoise==6.9.0"]
# The package manager of Gentoo.
PORTAGE = "portage==3.0.83"
KEEP = 3  # images, the newest ones: neighbouring branches don't build each other's away
# What would touch the machine's kernel, needs a console, or takes dpkg's lock behind a test's back.
MASK = """console-getty.service getty@tty1.service dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount
    sys-fs-fuse-connections.mount e2scrub_all.timer e2scrub_reap.service apt-daily.timer apt-daily-upgrade.timer
    fstrim.timer"""


def sh(*cmd, check=True, **kw):
    return subprocess.run([str(c) for c in cmd], check=check, text=True, **kw)


def out(*cmd):
    return sh(*cmd, stdout=subprocess.PIPE).stdout


def write(path, text, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def inputs():
    """The release's name, the machine's own apt sources for it (whatever mirror they name), and a hash of it all."""
    codename = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M)[1]
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    files = [f for f in files if f.suffix in (".list", ".sources") and f.is_file() and codename in f.read_text()]
    parts = [ME.read_bytes(), SITE.read_bytes(), repr((SERVER, PROJECTS)).encode(), PKGS.encode(), *(f.read_bytes() for f in files)]
    return codename, files, hashlib.sha256(b"\0".join(parts)).hexdigest()


def build():
    """Makes the image unless it is there. Returns its directory, which holds `root` and `repo`."""
    stamp = inputs()[2]
    image = DIR / "images" / stamp[:16]
    if image.exists():
        os.utime(image)
        return image
    if missing := [package for tool, package in TOOLS.items() if not shutil.which(tool)]:
        sys.exit(f"the hosts need {', '.join(missing)}: .ci/with-needs installs it for as long as a command runs")
    image.parent.mkdir(parents=True, exist_ok=True)
    if not KEY.exists():
        sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "spec hosts", "-f", KEY)
    # In a tmpfs in its own mount namespace: dpkg's fsyncs cost nothing, and nothing stays mounted.
    sh("unshare", "--mount", sys.executable, ME, "bootstrap", image, env={**os.environ, "HOSTS_DIR": str(DIR)})
    used = {link.resolve() for link in DIR.glob("labs/*/image")}
    for old in sorted(image.parent.iterdir(), key=lambda d: -d.stat().st_mtime)[KEEP:]:
        if old not in used:
            shutil.rmtree(old)
    return image


def bootstrap(image):
    tmp, partial, (codename, files, _) = DIR / "build", image.with_suffix(".partial"), inputs()
    tmp.mkdir(exist_ok=True)
    sh("mount", "-t", "tmpfs", "-o", "mode=755,size=8g", "tmpfs", tmp)
    conf = out("apt-config", "dump").splitlines()
    conf = [f"--aptopt={line}" for line in conf if re.match(r"Acquire::(https?::|Check-)", line)]
    slim = [f"--dpkgopt=path-exclude=/usr/share/{d}/*" for d in ("doc", "man", "locale", "info")]
    sh("mmdebstrap", "--mode=root", "--variant=minbase", "--quiet", "--include=" + ",".join(BASE.split()), *conf, *slim,
       f"--customize-hook='{sys.executable}' '{ME}' customize \"$1\"", codename, tmp / "root", *files,
       env={**os.environ, "TMPDIR": str(tmp)})
    write(tmp / "root/etc/resolv.conf", "")  # mmdebstrap leaves the machine's
    wheels(tmp / "repo")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    for what in ("root", "repo"):
        sh("cp", "-a", tmp / what, partial / what)
    partial.rename(image)


def repository(repo):
    (repo / "partial").mkdir(parents=True)
    env = {**os.environ, "APT_CONFIG": os.environ["MMDEBSTRAP_APT_CONFIG"]}
    for name in PKGS.split():  # one by one, so that packages which conflict with each other can both be there
        sh("apt-get", "install", "-y", "-qq", "--no-install-recommends", "--download-only",
           "-o", f"Dir::Cache::archives={repo}", name, env=env, stdout=subprocess.DEVNULL)
    for version in ("1.0", "1.1", "2.0"):  # a package with a history, for upgrade, downgrade, hold and pin
        package(repo, "chefrs-demo", version, **{
            "DEBIAN/conffiles": "/etc/chefrs-demo.conf\n",
            "etc/chefrs-demo.conf": f"version = {version}\n",
        })
    # A package that stays half-configured until its machine is ready.
    package(repo, "chefrs-demo-fussy", "1.0", **{
        "DEBIAN/postinst": "#!/bin/sh\n[ -e /etc/chefrs-demo-ready ] && exit\necho 'machine not ready' >&2\nexit 1\n",
    })
    (repo / "partial").rmdir()
    (repo / "lock").unlink(missing_ok=True)
    write(repo / "Packages", out("env", "-C", repo, "apt-ftparchive", "packages", "."))
    write(repo / "Release", out("env", "-C", repo, "apt-ftparchive", "release", "."))


def wheels(repo):
    """What the cookbook django_app installs by default, for machines that reach no index."""
    version = next(re.match(r"python(\d+\.\d+)-venv_", deb.name) for deb in repo.glob("python3.*-venv_*.deb"))[1]
    sh("dpkg-deb", "-x", next(repo.glob("python3-pip-whl_*.deb")), DIR / "build/pip")
    wheel = next((DIR / "build/pip/usr/share/python-wheels").glob("pip-*.whl"))
    pip = ["-m", "pip"] if importlib.util.find_spec("pip") else [wheel / "pip"]
    for wanted in (["-r", SITE], *([each] for each in SERVER), *(each.split() for each in PROJECTS)):
        sh(sys.executable, *pip, "download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:",
           f"--python-version={version}", "-d", repo / "wheels", *wanted)
    sh(sys.executable, *pip, "download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--no-deps",
       f"--python-version={version}", "-d", repo / "wheels", PORTAGE)


def package(repo, name, version, **files):
    deb = DIR / "build" / name
    shutil.rmtree(deb, ignore_errors=True)
    write(deb / "DEBIAN/control", f"Package: {name}\nVersion: {version}\nArchitecture: all\n"
          "Maintainer: spec <root@localhost>\nDescription: demo\n")
    for path, text in files.items():
        write(deb / path, text, 0o755 if path == "DEBIAN/postinst" else 0o644)
    sh("dpkg-deb", "--build", "--root-owner-group", deb, repo / f"{name}_{version}_all.deb", stdout=subprocess.DEVNULL)


def customize(root):
    repository(DIR / "build/repo")
    apt, ssh = root / "etc/apt", root / "etc/ssh"
    for old in [*ssh.glob("ssh_host_*"), *apt.glob("sources.list"), *apt.glob("*.d/*.list"), *apt.glob("*.d/*.sources"),
                *apt.glob("apt.conf.d/99mmdebstrap")]:
        old.unlink()
    (root / "srv/repo").mkdir()
    write(apt / "sources.list.d/local.list", "deb [trusted=yes] file:/srv/repo ./\n")
    write(apt / "apt.conf.d/10hosts", 'APT::Install-Recommends "false";\nAcquire::Languages "none";\n')
    # The newest key exchange takes most of the time of a short connection, on both sides.
    write(ssh / "sshd_config.d/hosts.conf",
          "HostKey /etc/ssh/ssh_host_ed25519_key\nPermitRootLogin yes\nMaxStartups 100\n"
          "KexAlgorithms curve25519-sha256\n")
    write(root / "etc/sudoers.d/hosts", "deploy ALL=(ALL) NOPASSWD: ALL\ndeploypw ALL=(ALL) ALL\n", 0o440)
    for user, home in (("root", "root"), ("deploy", "home/deploy"), ("deploypw", "home/deploypw")):
        if user != "root":
            sh("chroot", root, "useradd", "-m", "-s", "/bin/bash", user)
        write(root / home / ".ssh/authorized_keys", KEY.with_suffix(".pub").read_text(), 0o600)
        (root / home / ".ssh").chmod(0o700)
        sh("chroot", root, "chown", "-R", f"{user}:{user}", f"/{home}/.ssh")
    sh("chroot", root, "chpasswd", input="deploypw:deploy\n")
    units = root / "etc/systemd/system"
    for unit in MASK.split():
        (units / unit).symlink_to("/dev/null")
    (units / "default.target").symlink_to("/lib/systemd/system/multi-user.target")


if __name__ == "__main__":
    {"bootstrap": bootstrap, "customize": customize}[sys.argv[1]](*map(Path, sys.argv[2:]))
