set -e
useradd -m -s /bin/bash -c "Ada Lovelace" ada
groupadd deployers
usermod -aG deployers ada
useradd -r -d /srv/blog -s /usr/sbin/nologin blog
mkdir -p /home/ada/.ssh /etc/sudoers.d /etc/cron.d /etc/default /etc/logrotate.d /etc/systemd/system
echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7m0e1JtZ8Xx2x3x4x5x6x7x8x9x0xAxBxCxDxExFxG ada@laptop" >/home/ada/.ssh/authorized_keys
chown -R ada:ada /home/ada/.ssh
chmod 700 /home/ada/.ssh
chmod 600 /home/ada/.ssh/authorized_keys
# Configuration files of packages: changed, removed, copied.
echo "# ours" >>/etc/bash.bashrc
rm /etc/issue.net
cp /etc/login.defs /etc/copy.defs
printf '# nothing\n# is set\n' >/etc/comments
# A service with its unit, its settings and its secrets.
mkdir -p /srv/blog/static
printf 'API=1\n' >/srv/blog/.env
echo 'print("blog")' >/srv/blog/app.py
chown -R blog:blog /srv/blog
cat >/etc/default/blog <<S
PORT=8123
DATABASE_URL=postgres://blog:xK9vQ2mPw7Lr@127.0.0.1/blog
SECRET_KEY=8f3kd93kfj3kdl39fkd93kdl3kd
TEMPLATE={{ untouched }}
PASSWORD_FILE=/etc/blog.password
ALLOW_PASSWORD=yes
S
chmod 640 /etc/default/blog
cat >/etc/systemd/system/blog.service <<S
[Service]
User=blog
EnvironmentFile=/etc/default/blog
ExecStart=/usr/bin/python3 /srv/blog/app.py
ExecReload=/bin/kill -HUP \$MAINPID
[Install]
WantedBy=multi-user.target
S
mkdir -p /etc/systemd/system/multi-user.target.wants /etc/systemd/system/blog.service.d
ln -s /etc/systemd/system/blog.service /etc/systemd/system/multi-user.target.wants/blog.service
printf '[Service]\nLimitNOFILE=65536\n' >/etc/systemd/system/blog.service.d/limits.conf
# Alike files, a script, a site, a schedule.
for name in one two three; do
  printf 'name = %s\n# a\n# b\n# c\n# d\n' "$name" >"/etc/logrotate.d/$name"
done
printf '#!/bin/sh\n# Removes what is old.\nset -eu\nfind /var/tmp -mtime +7 -delete\nTOKEN=$(cat /etc/token)\n' >/usr/local/bin/cleanup
chmod 755 /usr/local/bin/cleanup
mkdir -p /srv/site/pages
echo '<h1>one</h1>' >/srv/site/pages/one.html
echo '<h1>two</h1>' >/srv/site/index.html
echo '15 3 * * * ada /usr/bin/true' >/etc/cron.d/nightly
echo '16 3 * * * ada /usr/bin/true' >/etc/cron.d/other
ln -s ../srv/site /opt/site
echo "Welcome to the blog" >/etc/motd
printf 'a "quoted" \\ word ]] and ]=] brackets\n' >/etc/motd.brackets
