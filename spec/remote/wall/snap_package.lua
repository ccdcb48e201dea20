-- A stand-in: the machine has no snapd.
file "/usr/local/bin/snap" { mode = "0755", content = [==[
#!/bin/sh
case $1 in
install) touch /srv/wall/snap ;;
*) [ -e /srv/wall/snap ] && printf 'Name Version Rev Tracking Publisher Notes\ndemo 1 1 latest/stable x -\n' || : ;;
esac
]==] }
snap_package "demo"
