-- The rotation of log files. The programs keep their file open, so what is in it is copied away.

local site = (require "./site").of(node)

if site.logs then
  package "logrotate"

  file(`/etc/logrotate.d/django-{site.name}`) {
    content = `{site.logs}/*.log \{\n  daily\n  rotate 14\n  compress\n  delaycompress\n  missingok\n  notifempty\n  copytruncate\n}\n`,
    mode = "0644",
  }
end
