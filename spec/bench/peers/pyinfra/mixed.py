"""The 106 resources of recipes/mixed.lua."""
from io import StringIO

from pyinfra import host
from pyinfra.facts.files import File
from pyinfra.operations import apt, files, server, sysvinit

ROOT = "/srv/bench"
apt.packages(name="packages", packages="curl tar git bash coreutils sed grep gzip findutils dpkg".split())
for name in ("cbapp", "cbops"):
    server.group(name=f"group {name}", group=name)
for name in ("cbweb", "cbworker", "cbdeploy"):
    server.user(name=f"user {name}", user=name, group="cbapp", shell="/bin/bash", ensure_home=False, create_home=False)
for name in ("etc", "links", "stamps"):
    files.directory(name=name, path=f"{ROOT}/{name}", user="root", group="root", mode="755")
for n in range(1, 21):
    files.directory(name=f"directory {n}", path=f"{ROOT}/d{n}", user="cbweb", group="cbapp", mode="755")
for n in range(1, 41):
    files.template(name=f"template {n}", src="templates/app.conf.j2", dest=f"{ROOT}/etc/t{n}.conf", user="root", mode="644",
                   number=n, app="shop", workers=4, database="db.internal", allowed=["a.example", "b.example", "c.example"])
for n in range(1, 11):
    files.link(name=f"link {n}", path=f"{ROOT}/links/l{n}", target=f"{ROOT}/etc/t{n}.conf")
    if not host.get_fact(File, path=f"{ROOT}/stamps/c{n}"):
        server.shell(name=f"stamp {n}", commands=[f"touch {ROOT}/stamps/c{n}"])
for n in range(1, 6):
    sysvinit.service(name=f"service {n}", service=f"cbsvc{n}", running=True, enabled=True)
for n in (1, 2, 3):
    files.put(name=f"cron {n}", src=StringIO(f"{n} 3 * * * root /bin/true cb{n}\n"), dest=f"/etc/cron.d/cb{n}", mode="644")
