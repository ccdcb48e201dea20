-- A stand-in: the machine has no npm.
file "/usr/local/bin/npm" { mode = "0755", content = [==[
#!/bin/sh
case "$*" in
*install*) touch /srv/wall/npm ;;
*) [ -e /srv/wall/npm ] && echo '{"dependencies":{"demo":{"version":"1.0.0"}}}' || echo '{}' ;;
esac
]==] }
npm_package "demo"
