# files.sh N: the same state as recipes/files.lua, by hand, in POSIX shell with coreutils.
n=${1:?} d=/srv/bench/files i=1 changed=0 body= nl='
'
while [ $i -le 16 ]; do body="${body}key = the quick brown fox jumps over the lazy dog 0123456789$nl"; i=$((i+1)); done
mkdir -p $d; i=1
while [ $i -le $n ]; do
  f=$d/f$i.conf; want="# file $i$nl$body"
  if [ -f $f ] && printf %s "$want" | cmp -s - $f; then :; else printf %s "$want" >$f.new && mv $f.new $f; changed=$((changed+1)); fi
  [ "$(stat -c %a:%U $f)" = 644:root ] || { chmod 644 $f; chown root $f; changed=$((changed+1)); }
  i=$((i+1))
done
echo "changed=$changed"
