# Makes the host one of pacman: the program, a repository of small packages, and the name of its distribution.
# demo has a history, of which the repository offers the newest alone; demoapp needs libdemo; mta-demo has one provider,
# httpd-demo has two; the group demo-tools has mta-a and web-b. nginx is that of /srv/nginx.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y install pacman-package-manager makepkg fakeroot libarchive-tools file xz-utils zstd bzip2 \
  >/root/apt.log 2>&1 || { cat /root/apt.log; exit 1; }
mkdir -p /srv/pac /var/lib/pacman
useradd -m builder
chown builder /srv/pac
# Arch's users of servers come with its file system.
useradd -r -d /srv/http -s /usr/sbin/nologin http
build() { # name version more files
  printf 'pkgname=%s\npkgver=%s\npkgrel=1\narch=(any)\nlicense=(MIT)\noptions=(!strip)\n%s\n' "$1" "$2" "$3" >/home/builder/PKGBUILD
  files='install -d "$pkgdir/opt/$pkgname"; echo "$pkgver" >"$pkgdir/opt/$pkgname/version"'
  echo "package() { ${4:-$files}; }" >>/home/builder/PKGBUILD
  su - builder -c 'PKGDEST=/srv/pac PKGEXT=.pkg.tar.zst makepkg -dcf' </dev/null >/root/makepkg.log 2>&1 ||
    { cat /root/makepkg.log; exit 1; }
}
for version in 1.0 1.1 2.0; do build demo "$version" ''; done
build libdemo 1.0 ''
build demoapp 1.0 'depends=(libdemo)'
build mta-a 1.0 'provides=(mta-demo) groups=(demo-tools)'
build web-a 1.0 'provides=(httpd-demo=2)'
build web-b 1.0 'provides=(httpd-demo) groups=(demo-tools)'
build ca-certificates 1.0 ''
build nginx 1.0 'backup=(etc/nginx/nginx.conf)' 'cp -a /srv/nginx/. "$pkgdir"'
cd /srv/pac
repo-add -q demo.db.tar.gz demo-2.0-*.zst libdemo-*.zst demoapp-*.zst mta-*.zst web-*.zst ca-*.zst nginx-*.zst
printf '# what somebody wrote\n[options]\nArchitecture = auto\nSigLevel = Never\nLocalFileSigLevel = Never\n#IgnorePkg   =\n\n[demo]\nServer = file:///srv/pac\n' >/etc/pacman.conf
pacman -Sy >/dev/null
rm /etc/os-release
printf 'NAME="Arch Linux"\nID=arch\n' >/etc/os-release
