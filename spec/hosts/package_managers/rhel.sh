# Gives the host of dnf, which rpm.sh made, the packages that django_app installs on RHEL 9: named, split and laid out as
# there, with the programs of Debian in them. Libraries that these are linked with are Debian's own, and installed by apt.
set -eu
export DEBIAN_FRONTEND=noninteractive
work=$(mktemp -d)
cd "$work"
# unpacked PACKAGE...: the files of Debian's packages, in `deb`.
unpacked() {
  for name; do
    apt-get -q download "$name" >/root/apt.log 2>&1 || { cat /root/apt.log; exit 1; }
    file=$(ls "$name"_*.deb)
    dpkg-deb -x "$file" deb
    dpkg-deb -f "$file" Depends | tr ',' '\n' | grep -oE '^ *lib[^ |(]+' | grep -v llvm >>libraries || true
  done
}
# pack NAME SPEC: an RPM of what is in the directory NAME, or an empty one.
pack() {
  mkdir -p "$1"
  (cd "$1" && find . ! -type d | sed 's/^\.//; s/.*/"&"/') >"$1.files"
  cat >spec <<SPEC
%global debug_package %{nil}
%global __os_install_post %{nil}
Name: $1
Version: 1.0
Release: 1
Summary: demo
License: MIT
AutoReqProv: no
$2
%description
demo
%install
cp -a "$work/$1/." %{buildroot}
%files$([ ! -s "$1.files" ] || echo " -f $work/$1.files")
SPEC
  rpmbuild -bb --quiet --define '_rpmdir /srv/rpm' --define "_topdir $work/rpmbuild" spec 2>/root/rpm.log ||
    { cat /root/rpm.log; exit 1; }
}

# What Debian splits off into packages of their own: the module venv, and the wheel of pip. dnf has brought the rest.
unpacked python3.11-venv python3-pip-whl python3-setuptools-whl
mkdir -p python3.12/usr/bin python3.12/usr/lib/python3.11
cp "$(readlink -f /usr/bin/python3)" python3.12/usr/bin/python3.12
cp -a deb/usr/lib/python3.11/ensurepip python3.12/usr/lib/python3.11
cp -a deb/usr/share python3.12/usr
pack python3.12 ''
rm -r deb
unpacked python3-pip
cp -a deb python3.12-pip
rm -r python3.12-pip/usr/bin python3.12-pip/usr/share
pack python3.12-pip 'Requires: python3.12'
for name in python3 python3-pip openssl; do pack "$name" ''; done
rm -r deb

unpacked libpq5 postgresql-client-15 postgresql-15
libs=$(echo deb/usr/lib/*-linux-gnu)
bin=usr/lib/postgresql/15/bin
mkdir -p postgresql/$bin postgresql/usr/bin postgresql/${libs#deb/} postgresql-server/usr/bin
cp -a $libs/libpq.so* postgresql/${libs#deb/}
for name in psql pg_dump pg_restore; do
  mv deb/$bin/$name postgresql/$bin
  ln -s /$bin/$name postgresql/usr/bin/$name
done
rm -r deb/usr/lib/postgresql/15/lib/bitcode deb/usr/lib/postgresql/15/lib/llvmjit*
mkdir -p postgresql-server/usr/lib postgresql-server/usr/share postgresql-server/usr/lib/systemd/system \
  postgresql-server/usr/lib/tmpfiles.d
cp -a deb/usr/lib/postgresql postgresql-server/usr/lib
cp -a deb/usr/share/postgresql postgresql-server/usr/share
for name in initdb postgres; do ln -s /$bin/$name postgresql-server/usr/bin/$name; done
cat >postgresql-server/usr/bin/postgresql-setup <<'SETUP'
#!/bin/sh
data=/var/lib/pgsql/data
[ "$*" = --initdb ] || exit 64
[ ! -e $data/PG_VERSION ] || { echo "ERROR: Data directory $data is not empty!" >&2; exit 1; }
cd / && exec runuser -u postgres -- initdb --pgdata=$data --auth=ident
SETUP
chmod 755 postgresql-server/usr/bin/postgresql-setup
echo 'd /run/postgresql 0755 postgres postgres -' >postgresql-server/usr/lib/tmpfiles.d/postgresql.conf
cat >postgresql-server/usr/lib/systemd/system/postgresql.service <<'UNIT'
[Unit]
After=network.target
[Service]
Type=notify
User=postgres
Group=postgres
ExecStartPre=/usr/bin/test -e /var/lib/pgsql/data/PG_VERSION
ExecStart=/usr/bin/postgres -D /var/lib/pgsql/data
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
KillSignal=SIGINT
[Install]
WantedBy=multi-user.target
UNIT
pack postgresql ''
pack postgresql-server 'Requires: postgresql
%pre
getent passwd postgres >/dev/null || useradd -r -U -m -K UMASK=0077 -d /var/lib/pgsql -s /bin/bash postgres
%post
install -d -o postgres -g postgres -m 700 /var/lib/pgsql/data
systemd-tmpfiles --create postgresql.conf
systemctl daemon-reload'
rm -r deb

unpacked redis-tools redis-server
mkdir -p redis/usr/bin redis/etc/redis redis/usr/lib/systemd/system
cp -a deb/usr/bin/redis-* redis/usr/bin
sed -E 's/^(daemonize|supervised|pidfile|logfile)/# &/' deb/etc/redis/redis.conf >redis/etc/redis/redis.conf
cat >redis/usr/lib/systemd/system/redis.service <<'UNIT'
[Unit]
After=network.target
[Service]
Type=notify
User=redis
Group=redis
ExecStart=/usr/bin/redis-server /etc/redis/redis.conf --daemonize no --supervised systemd
[Install]
WantedBy=multi-user.target
UNIT
pack redis '%pre
getent passwd redis >/dev/null || useradd -r -U -d /var/lib/redis -s /usr/sbin/nologin redis
%post
install -d -o redis -g redis -m 750 /var/lib/redis
systemctl daemon-reload'

rm -r deb

# Its parts in Python need modules that are Debian's.
unpacked firewalld python3-firewall
[ ! -d deb/lib ] || { cp -a deb/lib/. deb/usr/lib && rm -r deb/lib; }
cp -a deb firewalld
actions=usr/share/polkit-1/actions/org.fedoraproject.FirewallD1
mv firewalld/$actions.server.policy.choice firewalld/$actions.policy
pack firewalld '%post
systemctl daemon-reload
systemctl reload dbus'
echo dbus gir1.2-glib-2.0 gir1.2-nm-1.0 polkitd python3-dbus python3-gi python3-nftables netbase >>libraries

grep -vx ' *libpq5' libraries | sort -u | xargs apt-get -q -y install >/root/apt.log 2>&1 || { cat /root/apt.log; exit 1; }
rm -r "$work"
createrepo_c -q /srv/rpm
dnf -q clean all
dnf -q makecache
# What people's machines have as they come.
rpm --quiet -q python3 || dnf -q -y install python3 openssl >/dev/null
