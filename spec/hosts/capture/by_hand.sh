set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
apt-get install -y -q nginx postgresql curl rsync python3-venv cron logrotate >/dev/null
useradd -m -s /bin/bash -c "Ada Lovelace" ada
useradd -m -s /bin/bash grace
groupadd deployers
usermod -aG deployers,sudo ada
usermod -aG deployers grace
useradd -r -d /srv/blog -s /usr/sbin/nologin blog
mkdir -p /home/ada/.ssh && echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7m0e1JtZ8Xx2x3x4x5x6x7x8x9x0xAxBxCxDxExFxG ada@laptop" >/home/ada/.ssh/authorized_keys
chown -R ada:ada /home/ada/.ssh; chmod 700 /home/ada/.ssh; chmod 600 /home/ada/.ssh/authorized_keys
echo "%deployers ALL=(root) NOPASSWD: /usr/bin/systemctl restart blog" >/etc/sudoers.d/deployers; chmod 440 /etc/sudoers.d/deployers
for i in one two three four five; do
cat >/etc/nginx/sites-available/$i <<S
server {
    listen 80;
    server_name $i.example.org;
    root /srv/www/$i;
    access_log /var/log/nginx/$i.log;
    location / {
        try_files \$uri \$uri/ =404;
    }
}
S
ln -s ../sites-available/$i /etc/nginx/sites-enabled/$i
mkdir -p /srv/www/$i; echo "<h1>$i</h1>" >/srv/www/$i/index.html
done
rm /etc/nginx/sites-enabled/default
sed -i 's/# server_tokens off;/server_tokens off;/' /etc/nginx/nginx.conf
chown ada:adm /etc/nginx/fastcgi.conf; echo "# changed" >>/etc/nginx/fastcgi.conf
mkdir -p /srv/blog; python3 -m venv /srv/blog/venv
cat >/srv/blog/app.py <<S
import http.server, os
http.server.HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8123"))), http.server.SimpleHTTPRequestHandler).serve_forever()
S
chown -R blog:blog /srv/blog
cat >/etc/default/blog <<S
PORT=8123
DATABASE_URL=postgres://blog:xK9vQ2mPw7Lr@127.0.0.1/blog
SECRET_KEY=8f3kd93kfj3kdl39fkd93kdl3kd
S
chmod 640 /etc/default/blog
cat >/etc/systemd/system/blog.service <<S
[Unit]
Description=The blog
After=network.target

[Service]
User=blog
EnvironmentFile=/etc/default/blog
WorkingDirectory=/srv/blog
ExecStart=/srv/blog/venv/bin/python /srv/blog/app.py
Restart=on-failure

[Install]
WantedBy=multi-user.target
S
mkdir -p /etc/systemd/system/nginx.service.d
printf '[Service]\nLimitNOFILE=65536\n' >/etc/systemd/system/nginx.service.d/limits.conf
cat >/etc/systemd/system/cleanup.service <<S
[Unit]
Description=Removes old files
[Service]
Type=oneshot
ExecStart=/usr/local/bin/cleanup
S
cat >/etc/systemd/system/cleanup.timer <<S
[Timer]
OnCalendar=daily
[Install]
WantedBy=timers.target
S
printf '#!/bin/sh\n# Removes what is older than a week.\nset -eu\nfind /var/tmp -mtime +7 -delete\necho done\necho done again\n' >/usr/local/bin/cleanup; chmod 755 /usr/local/bin/cleanup
systemctl daemon-reload; systemctl enable --now blog cleanup.timer; systemctl restart nginx
echo '15 3 * * * ada /usr/bin/true' >/etc/cron.d/nightly
echo '5 4 * * 0 /usr/bin/true # weekly' | crontab -u ada -
printf '/var/log/blog/*.log {\n  weekly\n  rotate 4\n  missingok\n  compress\n}\n' >/etc/logrotate.d/blog
echo 'net.ipv4.ip_forward = 1' >/etc/sysctl.d/60-local.conf
sysctl -q -p /etc/sysctl.d/60-local.conf
ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime; echo Europe/Berlin >/etc/timezone
sed -i "s/^#*listen_addresses.*/listen_addresses = 'localhost'/; s/^max_connections.*/max_connections = 50/" /etc/postgresql/*/main/postgresql.conf
systemctl restart postgresql
su postgres -c "psql -qc \"create role blog login password 'xK9vQ2mPw7Lr'\" -c 'create database blog owner blog'"
apt-mark hold rsync >/dev/null
systemctl mask apt-daily.timer
openssl genrsa 2048 2>/dev/null >/etc/ssl/private/blog.key; chmod 600 /etc/ssl/private/blog.key
echo "Welcome to the blog" >/etc/motd
