-- A stand-in: the machine has no gem.
file "/usr/local/bin/gem" { mode = "0755", content = [==[
#!/bin/sh
case "$*" in
*install*) touch /srv/wall/gem ;;
*) [ -e /srv/wall/gem ] && echo 'demo (1.0)' || echo '' ;;
esac
]==] }
gem_package "demo"
