set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
apt-get install -y -q python3-venv cron >/dev/null
useradd -m -s /bin/bash lin
groupadd -r reporters
usermod -aG reporters lin
mkdir -p /opt/tool
python3 -m venv /opt/tool/env
printf '[server]\nport = 81\ntoken = q8Zr5tYw2xVb7nMk\n' >/opt/tool/settings.ini
chgrp reporters /opt/tool/settings.ini
chmod 640 /opt/tool/settings.ini
printf '#!/bin/sh\n# Reports.\nset -eu\n# Once a day.\nexec /opt/tool/env/bin/python -c "print(1)"\n' >/usr/local/bin/report
chmod 755 /usr/local/bin/report
cat >/etc/systemd/system/report.service <<S
[Service]
Type=oneshot
ExecStart=/usr/local/bin/report
S
cat >/etc/systemd/system/report.timer <<S
[Timer]
OnCalendar=daily
[Install]
WantedBy=timers.target
S
systemctl daemon-reload
systemctl enable -q --now report.timer
echo '1 1 * * * lin /usr/local/bin/report' >/etc/cron.d/report
ln -s /opt/tool/settings.ini /etc/tool.ini
rm /etc/issue.net
