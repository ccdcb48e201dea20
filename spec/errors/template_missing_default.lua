template "/etc/app.conf"
