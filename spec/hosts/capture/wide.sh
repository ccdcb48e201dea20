set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
apt-get install -y -q nginx postgresql mariadb-server nftables gawk python3-venv >/dev/null
# People in groups of packages, an account of a package in a group of people, a service in both.
useradd -m -s /bin/bash ada
groupadd shared
useradd -r -d /var/lib/alpha -s /usr/sbin/nologin alpha
usermod -aG shared,mysql,sudo ada
usermod -aG shared,postgres alpha
usermod -aG shared,ada www-data
# A service whose name comes before that of the server in front of it, with directories for its data.
mkdir -p /srv/alpha/uploads /var/lib/alpha /var/log/alpha
printf 'import http.server\nhttp.server.HTTPServer(("127.0.0.1", 8200), http.server.SimpleHTTPRequestHandler).serve_forever()\n' >/srv/alpha/app.py
chown -R alpha:alpha /srv/alpha /var/lib/alpha /var/log/alpha
chmod 2775 /srv/alpha/uploads
chmod 750 /var/log/alpha
printf '/var/log/alpha/*.log {\n  weekly\n}\n' >/etc/logrotate.d/alpha
cat >/etc/systemd/system/alpha.service <<S
[Service]
User=alpha
WorkingDirectory=/srv/alpha
ExecStart=/usr/bin/python3 /srv/alpha/app.py
ReadWritePaths=/var/log/alpha
[Install]
WantedBy=multi-user.target
S
cat >/etc/systemd/system/worker@.service <<S
[Service]
User=alpha
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
S
systemctl daemon-reload
systemctl enable -q --now alpha worker@one worker@two
# A site with its certificate where certificates are.
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=alpha.example.org -keyout /etc/ssl/private/alpha.key -out /etc/ssl/certs/alpha.pem 2>/dev/null
chmod 600 /etc/ssl/private/alpha.key
cat >/etc/nginx/sites-available/alpha <<S
server {
    listen 443 ssl;
    server_name alpha.example.org;
    ssl_certificate /etc/ssl/certs/alpha.pem;
    ssl_certificate_key /etc/ssl/private/alpha.key;
    location / { proxy_pass http://127.0.0.1:8200; }
}
S
ln -s ../sites-available/alpha /etc/nginx/sites-enabled/alpha
systemctl restart nginx
mkdir -p /usr/local/share/ca-certificates
cp /etc/ssl/certs/alpha.pem /usr/local/share/ca-certificates/authority.crt
update-ca-certificates >/dev/null 2>&1
# An important package that a small system lacks, and what belongs to no file of a package.
printf '#!/usr/sbin/nft -f\nflush ruleset\ntable inet filter {\n}\n' >/etc/nftables.conf
systemctl enable -q --now nftables
update-alternatives --set awk /usr/bin/mawk >/dev/null 2>&1
printf '#!/bin/sh\nexec cat\n' >/usr/local/bin/reader
chmod 755 /usr/local/bin/reader
update-alternatives --install /usr/bin/pager pager /usr/local/bin/reader 90 >/dev/null
mkdir -p /mnt/scratch
echo 'tmpfs /mnt/scratch tmpfs size=10M 0 0' >>/etc/fstab
mount /mnt/scratch
echo '*/5 * * * * root curl -s -u ada:q8Zr5tYw2xVb https://example.org/ping >/dev/null' >/etc/cron.d/ping
# Servers of databases.
su postgres -c "psql -qc 'create role readers nologin' -c \"create role app login password 'xK9vQ2mPw7Lr' connection limit 5 in role readers\" \
  -c 'create database app owner app' -c \"alter system set work_mem = '16MB'\" -c 'select pg_reload_conf()'" >/dev/null
su postgres -c "psql -qd app -c 'create extension pg_trgm'"
mariadb -e "create database wiki_one; create user wiki@localhost identified by 'b4ckUpPass'; grant all on \`wiki\\_one\`.* to wiki@localhost; \
  create user reader@'10.0.0.%' identified by 'r3adErPass'; grant select, lock tables on *.* to reader@'10.0.0.%' with grant option"
