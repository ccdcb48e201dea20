# mixed.sh: the same state as recipes/mixed.lua, by hand, each thing looked at before it is done.
r=/srv/bench c=0 nl='
'
for p in curl tar git bash coreutils sed grep gzip findutils dpkg; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' $p 2>/dev/null)" = installed ] || { apt-get install -y $p; c=$((c+1)); }
done
for g in cbapp cbops; do getent group $g >/dev/null || { groupadd $g; c=$((c+1)); }; done
for u in cbweb cbworker cbdeploy; do getent passwd $u >/dev/null || { useradd -M -g cbapp -s /bin/bash $u; c=$((c+1)); }; done
dir() { [ "$(stat -c %a:%U:%G $1 2>/dev/null)" = $2:$3:$4 ] || { mkdir -p $1; chmod $2 $1; chown $3:$4 $1; c=$((c+1)); }; }
for d in etc links stamps; do dir $r/$d 755 root root; done
i=1; while [ $i -le 20 ]; do dir $r/d$i 755 cbweb cbapp; i=$((i+1)); done
i=1; while [ $i -le 40 ]; do
  f=$r/etc/t$i.conf
  want="# managed$nl[app]${nl}name = shop-$i${nl}port = $((8000+i))${nl}workers = 4${nl}database = postgres://shop@db.internal:5432/shop_$i${nl}allowed_hosts = a.example,b.example,c.example$nl$nl[log]${nl}level = info${nl}path = /var/log/shop/$i.log$nl"
  if [ -f $f ] && printf %s "$want" | cmp -s - $f; then :; else printf %s "$want" >$f.new && mv $f.new $f; c=$((c+1)); fi
  [ "$(stat -c %a:%U $f)" = 644:root ] || { chmod 644 $f; chown root $f; c=$((c+1)); }
  i=$((i+1)); done
i=1; while [ $i -le 10 ]; do
  [ "$(readlink $r/links/l$i)" = $r/etc/t$i.conf ] || { ln -sfn $r/etc/t$i.conf $r/links/l$i; c=$((c+1)); }
  [ -e $r/stamps/c$i ] || { touch $r/stamps/c$i; c=$((c+1)); }
  i=$((i+1)); done
for i in 1 2 3 4 5; do
  service cbsvc$i status >/dev/null || { service cbsvc$i start >/dev/null; c=$((c+1)); }
  ls /etc/rc3.d/S*cbsvc$i >/dev/null 2>&1 || { update-rc.d cbsvc$i defaults; c=$((c+1)); }
done
for i in 1 2 3; do
  f=/etc/cron.d/cb$i
  grep -qs "^$i 3 \* \* \* root /bin/true cb$i\$" $f || { echo "$i 3 * * * root /bin/true cb$i" >$f; c=$((c+1)); }
done
echo "changed=$c"
