# Makes the host one of Portage: the program, a repository of small packages, and the name of its distribution.
# demo has a history, a USE flag, and a version of unstable keywords; demoapp needs libdemo; base is what the system needs.
# nginx is that of /srv/nginx.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y install python3-pip file xz-utils bzip2 zstd >/root/apt.log 2>&1 || { cat /root/apt.log; exit 1; }
python3 -m pip install -q --break-system-packages --root-user-action=ignore --no-deps --no-index /srv/repo/wheels/portage-*.whl
# The wheel expects to live in a prefix of its own; make it the system's package manager.
const=$(python3 -c 'import portage.const; print(portage.const.__file__)')
sed -i 's/EPREFIX = __import__("sys").prefix/EPREFIX = ""/; s#GLOBAL_CONFIG_PATH = "/share/#GLOBAL_CONFIG_PATH = "/usr/share/#' "$const"
for name in lib/portage share/portage bin/emerge bin/portageq; do ln -sfn "/usr/local/$name" "/usr/$name"; done
g=/var/db/repos/gentoo
mkdir -p $g/profiles/base $g/metadata $g/licenses /etc/portage/package.mask /etc/portage/package.accept_keywords \
  /etc/portage/package.use /var/db/pkg
echo demo >$g/profiles/repo_name
echo amd64 >$g/profiles/arch.list
printf 'app-misc\nwww-servers\n' >$g/profiles/categories
echo 8 >$g/profiles/base/eapi
echo '*app-misc/base' >$g/profiles/base/packages
echo MIT >$g/licenses/MIT
printf 'masters =\nthin-manifests = true\nsign-manifests = false\n' >$g/metadata/layout.conf
printf 'ARCH="amd64"\nACCEPT_KEYWORDS="amd64"\nCHOST="x86_64-pc-linux-gnu"\n' >$g/profiles/base/make.defaults
ebuild() { # name version keywords more
  mkdir -p "$g/app-misc/$1"
  cat >"$g/app-misc/$1/$1-$2.ebuild" <<EBUILD
EAPI=8
DESCRIPTION="demo"
LICENSE="MIT"
SLOT="0"
KEYWORDS="$3"
S="\${WORKDIR}"
$4
src_install() { insinto /opt/\${PN}; echo "\${PV} \${USE}" >version; doins version; }
EBUILD
}
for version in 1.0 1.1 2.0; do ebuild demo $version amd64 'IUSE="color"'; done
ebuild demo 3.0 '~amd64' 'IUSE="color"'
ebuild base 1.0 amd64 ''
ebuild libdemo 1.0 amd64 ''
ebuild demoapp 1.0 amd64 'RDEPEND="app-misc/libdemo"'
ebuild ca-certificates 1.0 amd64 ''
mkdir -p $g/www-servers/nginx
cat >$g/www-servers/nginx/nginx-1.0.ebuild <<'EBUILD'
EAPI=8
DESCRIPTION="demo"
LICENSE="MIT"
SLOT="0"
KEYWORDS="amd64"
RESTRICT="strip"
S="${WORKDIR}"
pkg_setup() { getent passwd nginx >/dev/null || useradd -r -d /var/lib/nginx -s /usr/sbin/nologin nginx; }
src_install() { cp -a /srv/nginx/. "${D}" || die; keepdir /var/log/nginx /var/lib/nginx; }
EBUILD
printf '[DEFAULT]\nmain-repo = demo\n[demo]\nlocation = %s\nauto-sync = no\n' $g >/usr/share/portage/config/repos.conf
ln -sfn $g/profiles/base /etc/portage/make.profile
cat >/etc/portage/make.conf <<'CONF'
FEATURES="-sandbox -usersandbox -userpriv -userfetch -ipc-sandbox -network-sandbox -pid-sandbox -news -merge-wait"
CONF
useradd -r -U -d /var/tmp/portage portage
rm /etc/os-release
printf 'NAME=Gentoo\nID=gentoo\n' >/etc/os-release
emerge --quiet app-misc/base >/root/emerge.log 2>&1 || { cat /root/emerge.log; exit 1; }
