# Makes the host one of a package manager on the rpm database, dnf or zypper: the program, a repository of small packages,
# and the name of its distribution. demo has a history; demoapp needs libdemo; mta-demo has one provider, httpd-demo has two;
# fussy has a scriptlet that fails; the group demo-tools has libdemo and mta-a. nginx is that of /srv/nginx.
set -eu
manager=$1
export DEBIAN_FRONTEND=noninteractive
case $manager in
  dnf) programs='dnf dnf-plugins-core' ;;
  zypper) programs=zypper ;;
  *) echo "no such package manager: $manager" >&2 && exit 1 ;;
esac
apt-get -qq update
apt-get -qq -y install rpm createrepo-c $programs >/root/apt.log 2>&1 || { cat /root/apt.log; exit 1; }
# Debian's default is a database for each user.
mkdir -p /etc/rpm /srv/rpm /root/rpmbuild
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros.dbpath
pack() {
  rpmbuild -bb --quiet --define '_rpmdir /srv/rpm' --define '_topdir /root/rpmbuild' /root/rpmbuild/spec 2>/root/rpm.log ||
    { cat /root/rpm.log; exit 1; }
}
build() { # name version more
  cat >/root/rpmbuild/spec <<SPEC
Name: $1
Version: $2
Release: 1
Summary: demo
License: MIT
BuildArch: noarch
$3
%description
demo
%install
mkdir -p %{buildroot}/opt/$1
echo $2 >%{buildroot}/opt/$1/version
%files
/opt/$1
SPEC
  pack
}
for version in 1.0 1.1 2.0; do build demo "$version" ''; done
build libdemo 1.0 ''
build demoapp 1.0 'Requires: libdemo'
build mta-a 1.0 'Provides: mta-demo'
build web-a 1.0 'Provides: httpd-demo'
build web-b 1.0 'Provides: httpd-demo'
build sh-demo 1.0 'Provides: /bin/sh'
build fussy 1.0 "$(printf '%%post\nexit 1')"
build ca-certificates 1.0 ''
cat >/root/rpmbuild/spec <<'SPEC'
%global debug_package %{nil}
%global __os_install_post %{nil}
Name: nginx
Version: 1.0
Release: 1
Summary: demo
License: MIT
AutoReq: no
%description
demo
%install
cp -a /srv/nginx/. %{buildroot}
%pre
getent passwd nginx >/dev/null || useradd -r -d /var/lib/nginx -s /usr/sbin/nologin nginx
%post
systemctl daemon-reload
%files
/usr/sbin/nginx
%config(noreplace) /etc/nginx
/usr/lib/systemd/system/nginx.service
/var/log/nginx
/var/lib/nginx
SPEC
pack
cat >/root/comps.xml <<'XML'
<comps><group><id>demo-tools</id><name>Demo Tools</name><uservisible>false</uservisible><packagelist>
<packagereq type="mandatory">libdemo</packagereq><packagereq type="default">mta-a</packagereq>
</packagelist></group></comps>
XML
createrepo_c -q -g /root/comps.xml /srv/rpm
rm /etc/os-release
case $manager in
  dnf)
    mkdir -p /etc/dnf/vars /etc/yum.repos.d
    echo 12 >/etc/dnf/vars/releasever
    printf '[main]\nenabled = false\n' >/etc/dnf/plugins/local.conf
    printf '[demo]\nname=demo\nbaseurl=file:///srv/rpm\ngpgcheck=0\n' >/etc/yum.repos.d/demo.repo
    printf 'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n' >/etc/os-release
    dnf -q makecache
    ;;
  zypper)
    zypper --non-interactive --quiet addrepo --no-gpgcheck /srv/rpm demo
    zypper --non-interactive --quiet refresh
    printf 'NAME="openSUSE Leap"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n' >/etc/os-release
    ;;
esac
