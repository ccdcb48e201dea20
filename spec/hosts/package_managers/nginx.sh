# Puts Debian's nginx into /srv/nginx as the package of another distribution lays it out: nginx.sh LAYOUT.
set -eu
layout=$1
export DEBIAN_FRONTEND=noninteractive
tree=/srv/nginx
work=$(mktemp -d)
cd "$work"
apt-get -qq update
# What the program is linked with.
apt-get -qq -y install libpcre2-8-0 libssl3 zlib1g libcrypt1 >/root/apt.log 2>&1 || { cat /root/apt.log; exit 1; }
apt-get -q download nginx nginx-common >/root/apt.log 2>&1 || { cat /root/apt.log; exit 1; }
for file in *.deb; do dpkg-deb -x "$file" deb; done
mkdir -p $tree/etc/nginx/conf.d $tree/usr/lib/systemd/system $tree/var/log/nginx $tree/var/lib/nginx
cp deb/etc/nginx/mime.types $tree/etc/nginx
bin=/usr/sbin
user=nginx
before='include /etc/nginx/conf.d/*.conf;'
listen='listen 80;'
name=localhost
after=
case $layout in
  rhel) listen='listen       80;
        listen       [::]:80;' name=_ ;;
  suse) before='include conf.d/*.conf;' after='include vhosts.d/*.conf;' && mkdir $tree/etc/nginx/vhosts.d ;;
  arch) bin=/usr/bin user=http before= && rmdir $tree/etc/nginx/conf.d ;;
  gentoo) before= listen='listen 127.0.0.1;' && rmdir $tree/etc/nginx/conf.d ;;
  *) echo "no such layout: $layout" >&2 && exit 1 ;;
esac
mkdir -p $tree$bin
cp deb/usr/sbin/nginx $tree$bin
cat >$tree/etc/nginx/nginx.conf <<CONF
user $user;
worker_processes auto;
events {
    worker_connections 1024;
}

http {
    include mime.types;
    default_type application/octet-stream;
    $before
    server {
        $listen
        server_name $name;
        root /srv/www/htdocs;
    }
    $after
}
CONF
cat >$tree/usr/lib/systemd/system/nginx.service <<UNIT
[Unit]
After=network.target
[Service]
Type=forking
PIDFile=/run/nginx.pid
ExecStartPre=$bin/nginx -t -q
ExecStart=$bin/nginx
ExecReload=$bin/nginx -s reload
KillSignal=SIGQUIT
[Install]
WantedBy=multi-user.target
UNIT
rm -r "$work"
