# All that a run can leave on a machine, as text: paths, contents, accounts, packages, services. Left out is what a machine has
# for itself alone (names, keys, times), what programs keep for themselves, the code that runs, and chefrs' own notes.
export LC_ALL=C
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /root -o -path /srv/repo -o -path /opt/salt \
  -o -path '/tmp/systemd-private-*' -o -path '/var/tmp/systemd-private-*' -o -path /var/log -o -path /var/cache \
  -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /var/lib/chefrs -o -path /var/lib/cloud \
  -o -path /var/lib/puppet -o -path /var/backups -o -path /etc/salt -o -path /etc/puppet -o -path /etc/cloud \
  -o -name __pycache__ -o -name .ansible -o -name .chefrs -o -name .installed \) -prune \
  -o -printf '%p %y %m %u:%g %l\n' | sort
find /tmp/chefrs-hello-root -printf '%p %y %m %u:%g %l\n' | sort
find /etc /srv /usr/local \( -path /srv/repo -o -path /etc/salt -o -path /etc/puppet -o -path /etc/cloud -o -path /etc/hosts \
  -o -path /usr/local/bin/chefrs -o -name __pycache__ -o -name .chefrs -o -name .installed -o -name db.sqlite3 \
  -o -name machine-id -o -name 'ssh_host_*' -o -name 'shadow*' -o -path '/etc/guestbook/*' \
  -o -path '/srv/guestbook/releases/*/env' \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
cat /tmp/chefrs-hello-root/*
sed 's/^SECRET_KEY=.*/SECRET_KEY/' /etc/guestbook/env
cut -d: -f1,2,4- /etc/shadow
dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\n'
systemctl list-unit-files --no-legend --plain
systemctl list-units --all --no-legend --plain --type=service,socket,timer | awk '{ print $1, $2, $3, $4 }' | sort
curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1/ || :
